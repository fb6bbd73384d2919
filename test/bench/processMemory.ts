import { readdirSync, readFileSync } from 'node:fs';

/** Memory of a process and of all that it started, MB. */
export interface Memory {
  /** Pages that several processes share count once, divided among them (PSS). */
  readonly proportional: number;
  /** Such pages count in each of them (RSS), as most task managers add it up. */
  readonly resident: number;
}

const pauseMs = 300;
const kilobytes = (text: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0);

/** The parent of every process; those that end meanwhile are left out. */
function parents(): Map<number, number> {
  const found = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      // The program's name stands in brackets and may hold any character.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      found.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      continue;
    }
  }
  return found;
}

/** What a process and its descendants hold now, by Linux's account. */
function memoryOf(root: number): Memory {
  const parentOf = parents();
  const belongs = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === root || belongs(parentOf.get(pid)));
  let proportional = 0;
  let resident = 0;
  for (const pid of parentOf.keys()) {
    if (!belongs(pid)) continue;
    try {
      const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
      proportional += kilobytes(rollup, 'Pss') / 1024;
      resident += kilobytes(rollup, 'Rss') / 1024;
    } catch {
      continue;
    }
  }
  return { proportional, resident };
}

/** Watches the memory of a process and of all that it started (Linux only). */
export class MemoryWatch {
  private readonly root: number;
  private readonly timer: NodeJS.Timeout;
  private peak: Memory = { proportional: 0, resident: 0 };

  constructor(root: number) {
    this.root = root;
    this.timer = setInterval(() => this.look(), pauseMs);
  }

  /** The most since the last call. */
  take(): Memory {
    this.look();
    const { peak } = this;
    this.peak = { proportional: 0, resident: 0 };
    return peak;
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = memoryOf(this.root);
    this.peak = {
      proportional: Math.max(this.peak.proportional, now.proportional),
      resident: Math.max(this.peak.resident, now.resident),
    };
  }
}
