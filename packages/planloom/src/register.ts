// Lets `node --import planloom/register` load TypeScript, on every version of Node that Planloom supports. Tests of tools
// that `planloom init` writes are run with it. It has no exports.
import "jiti/register";
