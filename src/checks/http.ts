import { z } from 'zod';
import { defineCheck } from './define-check.ts';
import { type Answer, fetchInside } from './fetch.ts';
import { failed, lastLines, passed, quoted, verdictOn } from './findings.ts';
import { type TextExpectation, textDifferences, textExpectation } from './text-expectation.ts';
import { until } from './until.ts';

const schema = z
  .strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(4096)
      .optional()
      .describe('What to fetch, as seen from inside the machine; instead of `port` and `path`.'),
    port: z.int().min(1).max(65_535).optional().describe('Port on the machine itself; 80 if left out.'),
    path: z
      .string()
      .max(4096)
      .regex(/^\/[!-~]*$/, 'a path that starts with `/`, without spaces')
      .optional()
      .describe('Path on the machine itself, `/` if left out.'),
    method: z.enum(['GET', 'HEAD', 'OPTIONS']).default('GET').describe('Method of the request.'),
    status: z
      .int()
      .min(100)
      .max(599)
      .default(200)
      .describe('Status that is expected. Redirects are not followed.'),
    headers: z
      .record(z.string().min(1).max(256), z.string().max(4096))
      .default({})
      .describe('Headers that must be there, each with text that its value must contain.'),
    body: textExpectation.optional().describe('What the body must contain or match; its first MiB counts.'),
    timeoutSeconds: z
      .number()
      .positive()
      .max(600)
      .default(10)
      .describe('How long it may take until the answer is as expected; asked again until then.'),
  })
  .refine(({ url, port, path }) => url === undefined || (port === undefined && path === undefined), {
    message: 'give either `url`, or `port` and `path`',
    path: ['url'],
  });

type Options = z.output<typeof schema>;

type Outcome = { readonly done: boolean; readonly answer?: Answer; readonly why: readonly string[] };

export const http = defineCheck({
  type: 'http',
  summary: 'Fetches a page from inside the machine until the answer is as expected',
  needs: 'container',
  needsMainProcess: true,
  schema,
  async run(options, { machine, vm, signal }) {
    const url = new URL(options.url ?? `http://127.0.0.1:${options.port ?? 80}${options.path ?? '/'}`);
    const { method } = options;
    const seconds = options.timeoutSeconds * (vm?.patience ?? 1);
    const ask = async (timeoutMs: number): Promise<Outcome> => {
      try {
        const answer = await fetchInside(machine, url, { method, timeoutMs, signal });
        const why = differences(answer, options);
        return { done: why.length === 0, answer, why };
      } catch (error) {
        signal?.throwIfAborted();
        return { done: false, why: [complaint(error as Error)] };
      }
    };
    const { done, answer, why } = await until(ask, { seconds, signal });
    if (!answer) return failed(`expected ${url.href} to answer within ${seconds} s, but ${why.join('; ')}`);
    if (done) return passed(`${url.href} answers ${answer.status}`);
    return verdictOn(url.href, why, lastLines(answer.body));
  },
});

function complaint(error: Error & { readonly code?: string }): string {
  return error.code?.startsWith('HPE_') ? 'what answers there does not speak HTTP' : error.message;
}

function differences(answer: Answer, { status, headers, body }: Options): string[] {
  const list: string[] = [];
  if (answer.status !== status) {
    const to = answer.headers.location;
    list.push(
      `expected status ${status}, found ${answer.status}${to === undefined ? '' : ` to ${quoted(to)}`}`,
    );
  }
  for (const [name, text] of Object.entries(headers)) {
    const found = answer.headers[name.toLowerCase()];
    if (found === undefined) list.push(`expected a header ${name}, found none`);
    else if (!found.includes(text))
      list.push(`expected header ${name} to contain ${quoted(text)}, found ${quoted(found)}`);
  }
  return [...list, ...textDifferences(answer.body, (body ?? {}) satisfies TextExpectation, 'the body')];
}
