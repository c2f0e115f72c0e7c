import assert from 'node:assert/strict';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type DtmServer, startDtmServer } from '../support/dtmServer.ts';
import { repositoryRoot } from '../support/paths.ts';
import { runProcess } from '../support/processes.ts';
import { waitForStatus } from './actions.ts';
import { useEditor } from './editor.ts';

const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);

describe('a workspace in full use', function () {
  this.timeout(120_000);
  const editor = useEditor();
  let server: DtmServer;
  let token = '';
  // One state folder for both, as on a person's own machine: the editor signs in by the server's runtime file.
  before(async () => {
    server = await startDtmServer({ stateHome: editor().stateHome });
  });
  after(() => server.dispose());

  const post = async (path: string, body: object): Promise<string> => {
    const answer = await fetch(`${server.origin}/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 201, await answer.clone().text());
    return ((await answer.json()) as { id: string }).id;
  };

  /** What a team of three has on its server in the middle of a sprint. */
  async function fillServer(): Promise<void> {
    token = await server.login();
    const shop = await post('projects', { name: 'Web shop', owner: 'ana', status: 'active', target_end_date: day(60) });
    const sprint = { project_id: shop, cadence: 'biweekly', start_date: day(-5), end_date: day(9) };
    const current = await post('sprints', { ...sprint, name: 'Sprint 12', status: 'active', goal: 'Pay by card' });
    await post('sprints', { ...sprint, name: 'Sprint 13', start_date: day(10), end_date: day(24) });
    const task = (title: string, more: object) => post('tasks', { project_id: shop, title, ...more });
    const inSprint = { sprint_id: current };
    await task('Card form', { ...inSprint, status: 'in_progress', priority: 'p0', owner: 'ana', estimate_points: 5 });
    await task('Fix the login on Safari', {
      ...inSprint,
      status: 'ready',
      priority: 'p1',
      due_at: `${day(-1)}T17:00:00Z`,
    });
    const blocked = {
      status: 'blocked',
      blocked_reason: 'The bank has not sent the certificate',
      labels: ['payments'],
    };
    await task('Certificate of the bank', { ...inSprint, ...blocked, estimate_points: 3 });
    await task('Totals with tax', { ...inSprint, status: 'done', estimate_points: 2 });
    await task('Newsletter', { priority: 'p3' });
    const docs = await post('projects', { name: 'Handbook', owner: 'ben' });
    await post('tasks', { project_id: docs, title: 'Chapter on refunds' });
  }

  it('shows it whole, with the details of a task', async () => {
    await fillServer();
    const { workbench, folder, stateHome } = editor();
    await bind(folder, stateHome, server.origin);
    await workbench.openContainer('DTM');
    await waitForStatus(workbench, /online/);
    const projects = workbench.view('Projects');
    await projects.waitForRow('Web shop');
    await projects.expand('Web shop');
    await projects.expand('Sprint 12');
    await projects.select('Certificate of the bank');
    await workbench.page.locator('.tab', { hasText: 'Certificate of the bank' }).waitFor();
    await workbench.page
      .frameLocator('iframe.webview')
      .frameLocator('iframe')
      .getByText('The bank has not sent')
      .waitFor();
    await keepPicture(await workbench.screenshot('30-overview'), 'overview.png');
    await workbench.setTheme('light');
    await workbench.screenshot('31-overview-light');
    await workbench.setTheme('dark');
  });
});

/** The pictures of the README are taken here; `DTM_KEEP_PICTURES=1` puts the new ones in their place. */
async function keepPicture(from: string, name: string): Promise<void> {
  if (process.env.DTM_KEEP_PICTURES !== '1') return;
  const folder = join(repositoryRoot, 'media/screenshots');
  await mkdir(folder, { recursive: true });
  await copyFile(from, join(folder, name));
}

async function bind(folder: string, stateHome: string, origin: string): Promise<void> {
  const { DTM_STATE_HOME: _, ...rest } = process.env;
  const args = ['dist/cf_cli.mjs', '-C', folder, 'bind', '--server', origin, '--yes'];
  const env = { ...rest, DTM_STATE_HOME: stateHome };
  const result = await runProcess(process.execPath, args, { cwd: repositoryRoot, env });
  assert.equal(result.code, 0, result.stderr);
}
