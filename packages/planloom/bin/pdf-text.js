// The committed entry of the process that reads one PDF: see src/tools/pdf-process.ts.
import "../dist/tools/pdf-process.js";
