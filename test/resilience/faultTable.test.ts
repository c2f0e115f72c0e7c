import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type BlackHole, openBlackHole } from '../support/blackHole.ts';
import { type Authority, makeAuthority, writePems } from '../support/certificates.ts';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { ScriptedServer } from '../support/httpServer.ts';
import { makeTemporaryFolder, removeTemporaryFolder } from '../support/temporary.ts';
import { runCancelled, runCell, type Seen, type Surroundings } from './cell.ts';
import { type OperationName, operationNames } from './operations.ts';
import { expectationOf, type Row, tableRows } from './rows.ts';
import { Truth } from './subject.ts';
import { stateAfter, tableText } from './tableText.ts';

/** Cells at the same time: more would only make each other slow. Encrypting costs, on both sides. */
const atOnce = { http: 12, https: 6 } as const;
const writes: ReadonlySet<OperationName> = new Set(['create', 'update', 'delete', 'batch']);

for (const scheme of ['http', 'https'] as const) {
  describe(`what each fault means for each request, over ${scheme}`, function () {
    this.timeout(120_000);
    let server: DtmServer;
    let thief: ScriptedServer;
    let blackHole: BlackHole;
    let folder: string;
    let results: Map<string, Seen>;
    const rejections: unknown[] = [];
    const keepRejection = (reason: unknown) => rejections.push(reason);
    let resourcesBefore: Record<string, number>;
    const rows = rowsOver(scheme, 'http://nowhere.invalid');

    before(async () => {
      process.on('unhandledRejection', keepRejection);
      server = await startDtmServer({ env: { DTM_RATE_LIMIT_PER_MIN: '1000000' } });
      thief = await ScriptedServer.start((_, response) => response.writeHead(200).end());
      blackHole = await openBlackHole();
      folder = await makeTemporaryFolder('table');
      const authority = await makeAuthority();
      const around = await surroundings(authority);
      await settled();
      resourcesBefore = activeResources();
      results = await fillTable(around, rowsOver(scheme, thief.origin), atOnce[scheme]);
    });

    after(async () => {
      process.off('unhandledRejection', keepRejection);
      console.log(results && tableText(rows, results));
      await blackHole.close();
      await thief.stop();
      await server.dispose();
      await removeTemporaryFolder(folder);
    });

    async function surroundings({ ca, server: certificate }: Authority): Promise<Surroundings> {
      const { server: untrusted } = await makeAuthority();
      await writePems(folder, { ca: ca.cert });
      const trusted = { certificate, caFile: join(folder, 'ca.pem') };
      const common = { truth: await Truth.of(server), server: server.origin, blackHole: blackHole.origin, untrusted };
      return scheme === 'https' ? { ...common, trusted } : common;
    }

    for (const [index, row] of rows.entries()) {
      it(row.name, () => {
        for (const name of operationNames) {
          const { done, ...expected } = expectationOf(row, name);
          const effects = done && writes.has(name) ? 1 : 0;
          const seen = results.get(`${index} ${name}`);
          assert.deepEqual(seen, { ...expected, effects, state: stateAfter(expected.outcome), wrong: [] }, name);
        }
      });
    }

    it('sends no token elsewhere, rejects nothing unheard, leaves neither socket nor timer', async () => {
      assert.deepEqual(thief.seen, []);
      assert.deepEqual(rejections, []);
      await settled();
      const now = activeResources();
      for (const kind of ['TCPSocketWrap', 'TLSWrap', 'Timeout', 'GetAddrInfoReqWrap', 'TCPConnectWrap']) {
        assert.ok(
          (now[kind] ?? 0) <= (resourcesBefore[kind] ?? 0),
          `${kind}: ${now[kind]}, before ${resourcesBefore[kind]}`,
        );
      }
    });
  });
}

/** What an answer says means the same over TLS; what becomes of the connection may not. */
function rowsOver(scheme: 'http' | 'https', elsewhere: string): readonly Row[] {
  return tableRows(elsewhere).filter((row) => scheme === 'http' || row.isAboutConnection);
}

async function fillTable(around: Surroundings, rows: readonly Row[], width: number): Promise<Map<string, Seen>> {
  const cells = rows.flatMap((row, index) => operationNames.map((name) => ({ row, index, name })));
  const idOf = (index: number, name: string, kind = '') => `T-${index}-${name}${kind}`;
  const ids = cells.flatMap(({ index, name }) => [idOf(index, name), idOf(index, name, '-given-up')]);
  const subjectOf = await around.truth.prepare(ids);
  const results = new Map<string, Seen>();
  const work = async () => {
    for (let cell = cells.shift(); cell; cell = cells.shift()) {
      const { row, index, name } = cell;
      const seen = await runCell(around, row, name, subjectOf(idOf(index, name)));
      const given = await runCancelled(around, row, name, subjectOf(idOf(index, name, '-given-up')));
      results.set(`${index} ${name}`, { ...seen, wrong: [...seen.wrong, ...given] });
    }
  };
  await Promise.all(Array.from({ length: width }, work));
  return results;
}

function activeResources(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
}

/** The HTTP library looks after its connections once a second. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1_200));
}
