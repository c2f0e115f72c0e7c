/** One shape by which a secret gives itself away. */
export interface SecretShape {
  readonly name: string;
  /** What no text of this shape can be without, so that most texts are done with at once. */
  readonly marks: readonly string[];
  /** Where it has a group called `secret`, only that part is the secret. Every repetition is bounded or consumed. */
  readonly pattern: RegExp;
  /** A closer look at what the pattern found. */
  readonly isLikely?: (secret: string) => boolean;
}

const hasDigit = (secret: string): boolean => /\d/.test(secret);

/** `step2-validation` or `v2.refresh` is said about a password, and is none. */
const isNoPhrase = (secret: string): boolean =>
  /\d/.test(secret) && /[a-z]/i.test(secret) && !/^[a-z]+\d*(?:[-_./][a-z]*\d*)*$/i.test(secret);

/** 256 random bits in base64url; file names and slugs of the same length have fewer different characters. */
const isRandom = (secret: string): boolean =>
  new Set(secret).size >= 24 && hasDigit(secret) && (secret.match(/[A-Z]/g)?.length ?? 0) >= 5;

/**
 * The one list of what looks like a token, a key or a password. The formats are those that the issuers document.
 * Random characters as such are no secret here, or every id and hash would be; only our own refresh tokens look so.
 */
export const secretShapes: readonly SecretShape[] = [
  { name: 'a personal access token of DTM', marks: ['dtm_pat_'], pattern: /dtm_pat_[\w-]{20,}/dg },
  {
    name: 'a refresh token of DTM',
    marks: [''],
    pattern: /(?<![\w+/-]|SHA256:)[\w-]{43}(?![\w+/=-])/dg,
    isLikely: isRandom,
  },
  { name: 'a JSON Web Token', marks: ['eyJ'], pattern: /eyJ[\w-]{8,2000}\.eyJ[\w-]{8,8000}\.[\w-]{16,}/dg },
  {
    name: 'a private key',
    marks: ['PRIVATE KEY'],
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,60}-----|$)/dg,
  },
  { name: 'a GitHub token', marks: ['gh'], pattern: /\bgh[pousr]_[A-Za-z0-9]{36,251}\b/dg },
  { name: 'a GitHub token', marks: ['github_pat_'], pattern: /\bgithub_pat_\w{50,255}\b/dg },
  {
    name: 'a GitLab token',
    marks: ['gl'],
    pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas|imt)-[\w-]{20,}/dg,
    isLikely: hasDigit,
  },
  { name: 'an AWS access key', marks: ['A'], pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/dg },
  { name: 'an API key of Anthropic', marks: ['sk-ant-'], pattern: /\bsk-ant-[\w-]{20,}/dg },
  {
    name: 'an API key of OpenAI',
    marks: ['sk-'],
    pattern: /\bsk-(?:(?:proj|svcacct|admin)-[\w-]{20,}|[A-Za-z0-9]{32,})/dg,
  },
  {
    name: 'a Slack token',
    marks: ['xox', 'xapp-'],
    pattern: /\b(?:xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-\d-[A-Za-z0-9-]{20,})/dg,
    isLikely: hasDigit,
  },
  {
    name: 'a Slack webhook',
    marks: ['hooks.slack.com'],
    pattern: /hooks\.slack\.com\/(?:services|workflows)\/(?<secret>[A-Za-z0-9/]{20,})/dg,
  },
  {
    name: 'a Stripe key',
    marks: ['_'],
    pattern: /\b(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/]{24,})/dg,
  },
  { name: 'a Google API key', marks: ['AIza'], pattern: /\bAIza[\w-]{35}(?![\w-])/dg },
  {
    name: 'a Google OAuth token',
    marks: ['ya29.', 'GOCSPX-'],
    pattern: /\b(?:ya29\.[\w-]{20,}|GOCSPX-[\w-]{24,})/dg,
  },
  { name: 'an npm token', marks: ['npm_'], pattern: /\bnpm_[A-Za-z0-9]{36}\b/dg },
  { name: 'a PyPI token', marks: ['pypi-'], pattern: /\bpypi-[\w-]{50,}/dg },
  { name: 'a Hugging Face token', marks: ['hf_'], pattern: /\bhf_[A-Za-z0-9]{30,}\b/dg },
  { name: 'a DigitalOcean token', marks: ['_v1_'], pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/dg },
  { name: 'a SendGrid key', marks: ['SG.'], pattern: /\bSG\.[\w-]{16,32}\.[\w-]{16,64}/dg },
  { name: 'a Twilio key', marks: ['SK'], pattern: /\bSK[a-f0-9]{32}\b/dg },
  { name: 'a Shopify token', marks: ['shp'], pattern: /\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b/dg },
  { name: 'a Telegram bot token', marks: [':AA'], pattern: /\b\d{8,10}:AA[\w-]{33}(?![\w-])/dg },
  { name: 'an Azure key', marks: ['Key='], pattern: /Account(?:Key)=(?<secret>[A-Za-z0-9+/]{40,}={0,2})/dg },
  { name: 'an age key', marks: ['AGE-SECRET-KEY-'], pattern: /AGE-SECRET-KEY-1[A-Z0-9]{50,}/dg },
  { name: 'a Vault token', marks: ['hv'], pattern: /\bhv[sbr]\.[\w-]{24,}/dg, isLikely: hasDigit },
  {
    name: 'a password in an address',
    marks: ['://'],
    pattern: /\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s/?#:@]{0,256}:(?<secret>[^\s/?#@]{1,256})@[\w[]/dgi,
  },
  {
    name: 'an Authorization header',
    marks: [':', '='],
    pattern: /\bAuthorization["']?\s{0,9}[:=]\s{0,9}["']?(?:Bearer|Basic|Token)\s{1,9}(?<secret>[\w.~+/=-]{8,})/dgi,
  },
  {
    name: 'a bearer token',
    marks: ['earer ', 'EARER '],
    pattern: /\bBearer\s{1,9}(?<secret>[\w.~+/-]{24,}={0,2})/dgi,
    isLikely: hasDigit,
  },
  {
    name: 'a password in plain text',
    marks: ['='],
    pattern:
      /(?<![a-z])(?:pass(?:word|wd|phrase)|pwd)["']?\s{0,9}=\s{0,9}["']?(?<secret>[^\s"'`,;<>(){}$*%[\]=&]{6,200})/dgi,
  },
  {
    name: 'a password in plain text',
    marks: [':'],
    pattern:
      /(?<![a-z])(?:pass(?:word|wd|phrase)|pwd)["']?\s{0,9}:\s{0,9}["']?(?<secret>[^\s"'`,;<>(){}[\]]{8,200})/dgi,
    isLikely: isNoPhrase,
  },
  {
    name: 'a key in plain text',
    marks: [':', '='],
    pattern:
      /(?<![a-z])(?:secret|(?:secret[_-]?)?(?:access|api|secret|private|signing|encryption)[_-]?key|(?:(?:access|refresh|auth|id|client|api|bot|session)[_-]?)?(?:token|secret))["']?\s{0,9}[:=]\s{0,9}["']?(?<secret>[\w.~+/=-]{16,2000})/dgi,
    isLikely: isNoPhrase,
  },
];
