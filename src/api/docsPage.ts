import { schemaText } from './openapi.ts';
import { type ApiRoute, apiRoutes } from './routes.ts';

/** The one style of the page; the policy of the page allows exactly this. */
export const docsStyle = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
section { border-top: 1px solid GrayText; padding: .5rem 0; }
h2 { font-size: 1rem; margin: .5rem 0; }
pre { overflow: auto; }
`;

/** The OpenAPI document for people: every route with who may use it, what it takes and what it answers. */
export function docsPage(version: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>DTM API</title><style>${docsStyle}</style></head>
<body><h1>DTM API ${escaped(version)}</h1>
<p>For programs: <a href="/openapi.json">openapi.json</a>.</p>
${apiRoutes.map(section).join('\n')}
</body></html>
`;
}

function section(route: ApiRoute): string {
  const { method, path, summary, access, query, body, answer, status, media, deprecated } = route;
  const details = [
    ['Query', query],
    ['Body', body],
    ['Answer', answer],
  ] as const;
  const schemas = details.map(([title, name]) => {
    if (!name) return '';
    const text = escaped(schemaText(name, title === 'Answer' ? 'output' : 'input'));
    return `<details><summary>${title}: ${name}</summary><pre>${text}</pre></details>`;
  });
  const who = access === 'public' ? 'no sign-in needed' : `needs the role ${access}`;
  return `<section><h2><code>${method.toUpperCase()} ${escaped(path)}</code></h2>
<p>${escaped(summary)} ${deprecated ? 'For older clients. ' : ''}(${who}; ${status}${media ? `, ${media}` : ''})</p>
${schemas.join('')}</section>`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
