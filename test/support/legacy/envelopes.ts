import type { Envelope } from './variants.ts';

type Rows = readonly unknown[];

/** A list in the form of the variant; those that page take a part of it. */
export function inEnvelope(envelope: Envelope, resource: string, rows: Rows, query: URLSearchParams): unknown {
  const number = (name: string, otherwise: number) => Number(query.get(name) ?? otherwise);
  const [limit, offset] = [number('limit', 50), number('offset', 0)];
  const [page, perPage] = [number('page', 1), number('per_page', 20)];
  const total = rows.length;
  switch (envelope) {
    case 'bare':
      return rows;
    case 'success':
      return { success: true, data: rows };
    case 'items':
      return { items: rows.slice(offset, offset + limit), total };
    case 'limit':
      return { [resource]: rows.slice(offset, offset + limit), total, limit, offset };
    case 'page': {
      const start = (page - 1) * perPage;
      const shown = rows.slice(start, start + perPage);
      return { [resource]: shown, total, page, per_page: perPage, has_more: start + perPage < total };
    }
  }
}
