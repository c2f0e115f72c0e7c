/** Why something was refused, as facts that can be stored and shown. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}
