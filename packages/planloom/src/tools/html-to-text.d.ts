// The part of html-to-text that is used; the package brings no types of its own.
declare module "html-to-text" {
  export function compile(options: object): (html: string) => string;
}
