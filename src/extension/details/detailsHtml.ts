import { randomBytes } from 'node:crypto';
import { env, Uri, type Webview } from 'vscode';

/** What a webview may load, and nothing else. */
export function resourceRoots(extensionUri: Uri): Uri[] {
  return [Uri.joinPath(extensionUri, 'dist', 'webview'), Uri.joinPath(extensionUri, 'media')];
}

/** The page of the details view: one script, one style sheet, no other source of anything. */
export function detailsHtml(webview: Webview, extensionUri: Uri): string {
  const nonce = randomBytes(18).toString('base64url');
  const script = webview.asWebviewUri(Uri.joinPath(extensionUri, 'dist', 'webview', 'entityDetails.js'));
  const style = webview.asWebviewUri(Uri.joinPath(extensionUri, 'media', 'details.css'));
  const policy = [`default-src 'none'`, `style-src ${webview.cspSource}`, `script-src 'nonce-${nonce}'`].join('; ');
  return `<!DOCTYPE html>
<html lang="${env.language.replace(/[^A-Za-z-]/g, '')}">
<head>
<meta charset="UTF-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>DTM</title>
<link rel="stylesheet" href="${style}">
</head>
<body>
<main id="details"></main>
<script type="module" nonce="${nonce}" src="${script}"></script>
</body>
</html>`;
}
