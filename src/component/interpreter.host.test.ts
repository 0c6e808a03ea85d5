import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHost } from '../host/host.ts';
import type { Machine } from '../platforms/types.ts';
import { createRedactor } from '../support/redact.ts';
import { createTestMachines, look, type Ran, runDocument, type TestMachines } from './test-machine.ts';

let machines: TestMachines;
let machine: Machine;
beforeAll(async () => {
  machines = await createTestMachines();
  machine = await machines.withBash();
});
afterAll(() => machines.release());

function bash(name: string, command: string, more = ''): string {
  return `      - name: ${name}\n        action: ExecuteBash\n${more}        inputs: {commands: [${JSON.stringify(command)}]}\n`;
}

function statuses({ result }: Ran): string {
  return `${result.status}: ${result.steps.map((step) => `${step.step} ${step.status}`).join(', ')}`;
}

it('runs steps in order and passes on what they write', async () => {
  const ran = await runDocument(
    machine,
    bash('One', 'echo a; echo b') + bash('Two', "echo '{{ build.One.outputs.stdout }}'"),
  );
  expect(statuses(ran)).toBe('success: One success, Two success');
  expect(ran.result.steps[1]?.outputs).toEqual([{ stdout: 'a\nb' }]);
  expect(ran.log).toEqual(['a', 'b', 'a', 'b']);
  expect(ran.events.map((event) => event.type).filter((type) => type !== 'step.output')).toEqual([
    'step.started',
    'step.finished',
    'step.started',
    'step.finished',
  ]);
});

it('runs all commands of a step as one bash script, without stopping at the first failure', async () => {
  const steps = `      - name: One
        action: ExecuteBash
        inputs:
          commands:
            - words=(x y)
            - false
            - 'echo "\${words[1]} $0 $#"; read -r line || echo "no input"'
`;
  const ran = await runDocument(machine, steps);
  expect(ran.log).toEqual(['y /run/gild-step.sh 0', 'no input']);
  expect(ran.result.status).toBe('success');
});

it('takes scripts that are longer than an argument can be', async () => {
  const ran = await runDocument(machine, bash('Long', `: '${'x'.repeat(150_000)}'\necho end`));
  expect(ran.log).toEqual(['end']);
});

it('uses sh where the image has no bash, and says so once', async () => {
  const ran = await runDocument(
    await machines.bare(),
    bash('One', 'echo $((6 * 7))') + bash('Two', 'echo b'),
  );
  expect(ran.log).toEqual(['The image has no bash; sh runs the scripts.', '42', 'b']);
});

it('fails a step that ran out of memory, whatever its exit code', async (context) => {
  const { limits } = await createHost({ home: machines.home }).facts();
  if (!limits.includes('memory')) context.skip('memory cannot be limited here');
  const memoryLimit = 48 << 20;
  const small = await machines.bare({ limits: { memory: memoryLimit } });
  const hungry = bash('Hungry', 'tail -c 200000000 /dev/zero > /dev/null; echo went on');
  const ran = await runDocument(small, hungry, { memoryLimit });
  expect(statuses(ran)).toBe('failed: Hungry failed');
  expect(ran.result.failure).toMatchObject({
    message: 'Hungry (ExecuteBash): out of memory: something that it ran was killed at the limit of 48 MiB',
    hint: 'Raise `limits.memory` in the recipe, or let the step use less.',
    exitCode: 0,
  });
});

it('leaves nothing of itself in the machine but on /run', async () => {
  const other = await machines.bare();
  await runDocument(
    other,
    `${bash('One', 'true')}      - {name: Two, action: CreateFile, inputs: [{path: /opt/a}]}\n`,
  );
  expect(await look(other, 'find / -xdev -type f ! -path "/etc/*" ! -path "/proc/*"')).toBe('/opt/a\n');
});

it('skips what follows a failure and says what failed', async () => {
  const ran = await runDocument(machine, bash('One', 'echo out; echo why >&2; exit 7') + bash('Two', 'true'));
  expect(statuses(ran)).toBe('failed: One failed, Two skipped');
  expect(ran.result.failure).toMatchInlineSnapshot(`
    {
      "code": "STEP_FAILED",
      "command": [
        "bash",
        "/run/gild-step.sh",
      ],
      "exitCode": 7,
      "lastLines": [
        "why",
      ],
      "message": "One (ExecuteBash): exit status 7",
      "position": "test.yaml:5:9",
      "script": "echo out; echo why >&2; exit 7
    ",
      "where": {
        "action": "ExecuteBash",
        "attempt": 1,
        "document": "test",
        "maxAttempts": 1,
        "phase": "build",
        "step": "One",
      },
    }
  `);
});

it('goes on after a failure with Continue, and the document is failed', async () => {
  const steps = bash('One', 'exit 1', '        onFailure: Continue\n') + bash('Two', 'true');
  expect(statuses(await runDocument(machine, steps))).toBe('failed: One failed, Two success');
});

it('goes on after a failure with Ignore, and the document is a success', async () => {
  const steps = bash('One', 'exit 1', '        onFailure: Ignore\n') + bash('Two', 'true');
  expect(statuses(await runDocument(machine, steps))).toBe('ignored: One ignored, Two success');
});

it('records every phase and step with their times, also what was not to run or not reached', async () => {
  const text = `schemaVersion: 1.0
phases:
  - name: prepare
    steps: [{name: Never, action: ExecuteBash, inputs: {commands: [exit 1]}}]
  - name: build
    steps:
      - {name: One, action: ExecuteBash, inputs: {commands: [exit 1]}}
      - {name: Two, action: ExecuteBash, inputs: {commands: ['true']}}
  - name: validate
    steps: [{name: Three, action: ExecuteBash, inputs: {commands: ['true']}}]
`;
  const before = Date.now();
  const { result } = await runDocument(machine, text);
  expect(result.phases.map(({ name, selected, status }) => [name, selected, status])).toEqual([
    ['prepare', false, 'skipped'],
    ['build', true, 'failed'],
    ['validate', true, 'skipped'],
  ]);
  const [one, two, three] = result.steps;
  expect([one?.status, two?.status, three?.status]).toEqual(['failed', 'skipped', 'skipped']);
  expect(one).toMatchObject({ onFailure: 'Abort', maxAttempts: 1, timeoutSeconds: 7200, documents: [] });
  const times = [
    before,
    result.startTime,
    one?.startTime,
    one?.endTime,
    two?.startTime,
    result.endTime,
    Date.now(),
  ];
  expect(times).toEqual([...times].sort((a = 0, b = 0) => a - b));
  expect(result.executionId).toMatch(/^[0-9a-f-]{36}$/);
});

it('tries a step as often as it may', async () => {
  const command = 'echo 1 >> /tmp/tries; mapfile -t all < /tmp/tries; ((all[2]))';
  const ran = await runDocument(machine, bash('Flaky', command, '        maxAttempts: 5\n'));
  expect(ran.result.steps[0]).toMatchObject({ status: 'success', attempts: 3 });
  expect(ran.log).toEqual([
    'Attempt 1 of 5 failed: Flaky (ExecuteBash): exit status 1',
    'Attempt 2 of 5 failed: Flaky (ExecuteBash): exit status 1',
  ]);
});

it('ends a step that takes too long, with all that it started', async () => {
  const name = `escapee-of-${process.pid}`;
  const escapee = `trap "" TERM HUP INT; exec 1>&- 2>&-; exec -a ${name} /bin/bash -c "while :; do :; done"`;
  const command = `(${escapee}) & while :; do read -t 1 < /dev/zero; done`;
  const ran = await runDocument(machine, bash('Slow', command, '        timeoutSeconds: 1\n'));
  expect(ran.result.failure?.message).toBe('Slow (ExecuteBash): timed out after 1 second');
  expect(commandLines().filter((line) => line.startsWith(name))).toEqual([]);
});

it('restarts the machine on exit status 194 and runs the step again', async () => {
  const command =
    'if [ -e /run/before ]; then exit 9; fi; : > /run/before; echo 1 >> /tmp/boots; mapfile -t all < /tmp/boots; ((all[1])) || exit 194; echo done';
  const ran = await runDocument(machine, bash('Restarting', command));
  expect(ran.result.steps[0]).toMatchObject({
    status: 'success',
    attempts: 1,
    outputs: [{ stdout: 'done' }],
  });
});

it('does not restart a machine for ever', async () => {
  const ran = await runDocument(machine, bash('Endless', 'echo; exit 194'));
  expect(ran.result.failure?.message).toBe('Endless (ExecuteBash): The script asked for a restart 16 times.');
});

it('keeps the output of a step out of the log that asks for it, but not from later steps', async () => {
  const steps =
    bash('Quiet', 'echo s1lent; echo x >&2; exit 0', '        disableLogging: true\n') +
    bash('Next', 'printf %s "{{ build.Quiet.outputs.stdout }}" | { read -r -n 2 a; echo "$a"; }');
  const ran = await runDocument(machine, steps);
  expect(ran.log).toEqual(['s1']);
  expect(ran.result.steps[0]).toMatchObject({ inputs: null, outputs: [] });
  const failed = await runDocument(
    machine,
    bash('Quiet', 'echo s1lent >&2; exit 3', '        disableLogging: true\n'),
  );
  expect(JSON.stringify(failed)).not.toContain('s1lent');
});

it('shows no secret in events, records or failures', async () => {
  const redact = createRedactor(['hunter2-hunter2']);
  const ran = await runDocument(
    machine,
    bash('Leaky', 'echo a hunter2-hunter2; echo hunter2-hunter2 >&2; exit 1'),
    { redact },
  );
  expect(JSON.stringify(ran)).not.toContain('hunter2-hunter2');
  expect(ran.log).toEqual(expect.arrayContaining(['a ***', '***']));
});

it('keeps 1 MiB of stdout for later steps and says so', async () => {
  const ran = await runDocument(
    machine,
    bash('Much', 'printf -v line "%1023s" ""; for ((i = 0; i < 1100; i++)); do echo "$line"; done'),
  );
  expect(ran.result.steps[0]?.outputs[0]?.stdout?.length).toBe(1024 * 1024 - 1);
  expect(ran.log.at(-1)).toBe('Only the first 1 MiB of stdout is kept for later steps.');
});

it('fails a step whose reference has no value when it runs', async () => {
  const text = `schemaVersion: 1.0
phases:
  - {name: build, steps: [{name: One, action: ExecuteBash, inputs: {commands: [echo]}}]}
  - {name: validate, steps: [{name: Two, action: ExecuteBash, inputs: {commands: ['{{ build.One.outputs.stdout }}']}}]}
`;
  const { result } = await runDocument(machine, text, { phases: ['validate'] });
  expect(result.failure?.message).toContain('step `One` of phase `build` has not run here');
});

it('checks inputs again once references are resolved', async () => {
  const text = `schemaVersion: 1.0
parameters: [{Mode: {type: string}}]
phases: [{name: build, steps: [{name: One, action: CreateFile, inputs: [{path: /tmp/x, permissions: '{{ Mode }}'}]}]}]
`;
  const { result } = await runDocument(machine, text, { parameters: { Mode: 'u+x' } });
  expect(result.failure?.message).toContain('must be octal permissions');
});

it('gives every command the environment of the caller', async () => {
  const ran = await runDocument(machine, bash('Env', 'echo $IMAGE_PHASE $HOME'), {
    env: { IMAGE_PHASE: 'BUILDING' },
  });
  expect(ran.log).toEqual(['BUILDING /root']);
});

it('throws when it is cancelled, after it has said so', async () => {
  const stop = new AbortController();
  const events: string[] = [];
  const running = runDocument(machine, bash('Endless', 'echo begun; while :; do :; done'), {
    signal: stop.signal,
    emit: (event) => {
      if (event.type === 'step.output') stop.abort(new Error('enough'));
      if (event.type === 'step.finished') events.push(event.status);
    },
  });
  await expect(running).rejects.toThrow('enough');
  expect(events).toEqual(['cancelled']);
});

it('asks what to do with a failure, with the machine as the step left it', async () => {
  const answers = ['retry', 'give-up'] as const;
  let asked = 0;
  const ran = await runDocument(machine, bash('Asking', 'echo x >> /tmp/asked; exit 4'), {
    onStepFailure: async (failure, step) => {
      expect([failure.exitCode, step]).toEqual([4, 'component/test/build/Asking']);
      return answers[asked++] ?? 'give-up';
    },
  });
  expect([asked, ran.result.status, await look(machine, 'wc -l < /tmp/asked')]).toEqual([2, 'failed', '2\n']);
});

it('ends each step once, also when the one who watches stops there', async () => {
  const ended: string[] = [];
  const running = runDocument(machine, bash('One', 'true') + bash('Two', 'true'), {
    emit: (event) => event.type === 'step.finished' && ended.push(event.status),
    pauseAfterStep: async (step) => {
      throw new Error(`stopped after ${step}`);
    },
  });
  await expect(running).rejects.toThrow('stopped after component/test/build/One');
  expect(ended).toEqual(['success']);
});

function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
}
