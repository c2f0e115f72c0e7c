/** A function from text (as UTF-8) to 64 lower-case hexadecimal digits; the edges bring it, core has no cryptography. */
export type TextDigest = (text: string) => string;

/** What evidence is hashed with. */
export interface EvidenceHashes {
  /** SHA-256. */
  readonly sha256: TextDigest;
  /** HMAC-SHA-256 under a key of the user's own: what must not be guessed is kept only in this form. */
  readonly hmac: TextDigest;
}

/** How a hash is written in the ledger: `sha256:<64 hex>`. */
export function sha256Of(text: string, sha256: TextDigest): string {
  return `sha256:${sha256(text)}`;
}

export const hashPattern = /^sha256:[0-9a-f]{64}$/;
