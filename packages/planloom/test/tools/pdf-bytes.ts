// A small PDF for tests. In: the content of its pages. Out: its bytes.

export const says = (text: string): Buffer =>
  Buffer.from(`BT /F1 12 Tf 72 720 Td (${text}) Tj 0 -20 Td (and more) Tj ET`);

/** A PDF with one page for each content stream. `more`: further entries of the trailer, or of the dictionary of streams. */
export function pdfOf(
  contents: readonly Uint8Array[],
  { filter = "", trailer = "", objects = [] }: { filter?: string; trailer?: string; objects?: string[] } = {},
): Buffer {
  const kids = contents.map((_, at) => `${4 + 2 * at} 0 R`).join(" ");
  const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
  const parts: Uint8Array[] = [
    Buffer.from("<< /Type /Catalog /Pages 2 0 R >>"),
    Buffer.from(`<< /Type /Pages /Kids [${kids}] /Count ${contents.length} >>`),
    Buffer.from(font),
    ...contents.flatMap((content, at) => [
      Buffer.from(
        `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents ${5 + 2 * at} 0 R /Resources << /Font << /F1 3 0 R >> >> >>`,
      ),
      Buffer.concat([
        Buffer.from(`<< /Length ${content.length} ${filter} >>\nstream\n`),
        content,
        Buffer.from("\nendstream"),
      ]),
    ]),
    ...objects.map((one) => Buffer.from(one)),
  ];
  const out: Uint8Array[] = [Buffer.from("%PDF-1.4\n")];
  const places = parts.map((part, at) => {
    const place = out.reduce((sum, { length }) => sum + length, 0);
    out.push(Buffer.from(`${at + 1} 0 obj\n`), part, Buffer.from("\nendobj\n"));
    return place;
  });
  const table = places.map((place) => `${String(place).padStart(10, "0")} 00000 n \n`).join("");
  const start = out.reduce((sum, { length }) => sum + length, 0);
  const size = parts.length + 1;
  out.push(
    Buffer.from(
      `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R ${trailer} >>\nstartxref\n${start}\n%%EOF\n`,
    ),
  );
  return Buffer.concat(out);
}
