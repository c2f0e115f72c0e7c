import { runServer } from './runServer.ts';

// Whoever runs this program by itself chose the folder. A server that ends with its parent was started by a program,
// such as the editor, which gives it its settings; the folder is then any repository that happens to be open.
const envFolder = process.env.DTM_STOP_WITH_PARENT === '1' ? undefined : process.cwd();
process.exit(await runServer(process.env, envFolder));
