// The public names for inputs of runs that are more than plain data (planloom/inputs).
export { fileInput, type FileInput } from "./loom/file-input.js";
