import type { Surface } from '../core/operation.ts';
import type { Backend, Clock, Logger } from '../core/ports.ts';
import type { CsvProjection } from './csv/projection.ts';
import type { ExpectedData } from './expectedData.ts';
import type { ProjectScope } from './scope/projectScope.ts';
import type { TrackerState } from './trackerState.ts';

/** What the ledger says of where things happen. */
export interface EvidenceOrigin {
  readonly surface: Surface;
  /** Where the user's evidence key is. */
  readonly stateHome: string;
  /** The workspace folder; undefined for the personal workspace. */
  readonly workspace: string | undefined;
  /** The machine's name. */
  readonly machine: string;
  /** The server's origin; undefined for the local tracker. */
  readonly origin: string | undefined;
}

/** What a tracker is told when it is opened. */
export interface TrackerOptions {
  /** `<workspace state>/trackers/<binding>`. */
  readonly folder: string;
  /** Makes the folders of the state before the first write. */
  readonly prepare: () => Promise<void>;
  readonly projection: CsvProjection | undefined;
  /** The CSV files show the data of another tracker of this workspace. */
  readonly csvIsStale: boolean;
  readonly backend: (state: () => TrackerState) => Backend;
  /** Who acts. */
  readonly account: () => string;
  /** The data that the workspace is bound to; undefined for the local tracker. */
  readonly expected: ExpectedData | undefined;
  /** Undefined where nothing can be limited: the local tracker. */
  readonly scope: ProjectScope | undefined;
  readonly isLoopback: boolean;
  /** A resident keeps the lease and syncs by itself; a visitor only while a command needs it. */
  readonly resident: boolean;
  /** Never ask the server. */
  readonly offline: boolean;
  readonly evidence: EvidenceOrigin;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newName: () => string;
  readonly random: () => number;
}
