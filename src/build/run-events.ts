import type { RunLog } from '../images/run-log.ts';
import type { Emit, EventBody, GildEvent } from '../model/events.ts';
import { mapStrings } from '../support/map-strings.ts';

/** Every event of a run goes through here once: redacted, written to the run's log, shown. */
export function runEvents(log: Pick<RunLog, 'append'>, show: Emit, redact: (text: string) => string): Emit {
  return (event) => {
    const safe = redactEvent(event, redact);
    const stamped: GildEvent = { time: Date.now(), ...safe };
    log.append(stamped);
    show(safe);
  };
}

function redactEvent(event: EventBody, redact: (text: string) => string): EventBody {
  return mapStrings(event, redact) as EventBody;
}
