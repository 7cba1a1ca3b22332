/** A file that was left unchanged. The message starts with a verb, to follow the file's name. */
export class UnusableFileError extends Error {}
