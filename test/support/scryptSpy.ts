import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Loaded before a server (`--import`): says on standard error whenever a password is hashed, and at what cost; never
 * which password.
 */
const { scrypt } = crypto;
crypto.scrypt = ((...given: Parameters<typeof scrypt>) => {
  const [, , keyLength, options] = given;
  process.stderr.write(`scrypt ${JSON.stringify({ keyLength, ...options })}\n`);
  scrypt(...given);
}) as typeof scrypt;
syncBuiltinESMExports();
