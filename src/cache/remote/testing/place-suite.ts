import { generateKeyPairSync } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../../model/digest.ts';
import { sha256 } from '../../../support/canonical.ts';
import { readLimited } from '../../../support/outbound.ts';
import { keyOf, treeId } from '../../key.ts';
import type { Work } from '../../types.ts';
import { configType, manifestType } from '../manifest.ts';
import { parseCacheTarget } from '../reference.ts';
import { signerOf, trustedKeys } from '../signature.ts';
import type { SharedRecord } from '../types.ts';
import { everything, openTestHost, type TestHost } from './test-host.ts';

/** A place that tests may look into and damage. */
export interface TestPlace {
  readonly from: string;
  readonly to: string;
  /** Digest -> content, of all that is there. */
  content(): Promise<ReadonlyMap<Digest, Buffer>>;
  /** Puts other content under a digest. */
  replace(digest: Digest, content: Buffer): Promise<void>;
  close(): Promise<void>;
}

/** What holds for every kind of place. */
export function describePlace(title: string, openPlace: () => Promise<TestPlace>): void {
  describe(`a cache in ${title}`, () => {
    let place: TestPlace;
    let hosts: TestHost[];
    const host = async () => {
      const opened = await openTestHost();
      hosts.push(opened);
      return opened;
    };
    /** Of a first host. */
    const shareAll = async (mode = 'max') => {
      const first = await host();
      const built = await first.build();
      await first.share(`${place.to},mode=${mode}`, built);
      return built;
    };
    const takeAll = async () => (await host()).build({ from: [place.from] });

    beforeEach(async () => {
      place = await openPlace();
      hosts = [];
    });
    afterEach(async () => {
      for (const opened of hosts) await opened.remove();
      await place.close();
    });

    const written = async (): Promise<{ list: readonly SharedRecord[]; layers: unknown }> => {
      const target = parseCacheTarget(place.to).place;
      const bytes = await target.manifest();
      const manifest = JSON.parse(String(bytes)) as {
        config: { digest: Digest; size: number };
        layers: [];
      };
      const content = await readLimited(await target.blob(manifest.config), 1e6, 'it');
      const { records } = JSON.parse(String(content)) as { records: SharedRecord[] };
      return { list: records, layers: manifest.layers };
    };
    /** Writes a list, and a manifest for it as it is. */
    const writeCatalogue = async (bytes: Buffer, layers: unknown) => {
      const target = parseCacheTarget(place.to).place;
      const config = { mediaType: configType, digest: sha256(bytes), size: bytes.length };
      await target.send({ ...config, open: () => Readable.from([bytes]) });
      const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers };
      await target.publish(Buffer.from(JSON.stringify(manifest)));
    };

    it('gives a host with an empty disk all that another one made', async () => {
      const first = await shareAll();
      const other = await takeAll();
      expect(other.made).toEqual([]);
      expect(other.warnings).toEqual([]);
      expect(other.layers).toEqual(first.layers);
      expect(other.artifact).toBe(first.artifact);
    });

    it('is nothing before somebody wrote to it', async () => {
      const { made, warnings } = await takeAll();
      expect(made).toEqual(everything);
      expect(warnings).toEqual([]);
    });

    it('is asked for no content before that is needed', async () => {
      await shareAll();
      const other = await host();
      const { cache } = other.open([place.from]);
      expect(await cache.lookUp(baseWork)).toMatchObject({ outcome: 'hit' });
      expect(await cache.take(baseWork)).toMatchObject({ outcome: 'hit' });
      expect(await other.blobs.list()).toEqual([]);
    });

    it('gives what is the same, and says what is not', async () => {
      await shareAll();
      const changed = await (await host()).build({ from: [place.from], text: 'changed' });
      expect(changed.made).toEqual(everything.slice(2));
      const miss = changed.events.find((event) => event.type === 'cache' && event.outcome === 'miss');
      expect(miss).toMatchObject({ step: 'component/last', reason: 'text: last -> changed' });
    });

    it('gives nothing that is older than the recipe allows', async () => {
      await shareAll();
      const { made } = await (await host()).build({ from: [place.from], maxAge: -1 });
      expect(made).toEqual(expect.arrayContaining(everything.slice(0, 3)));
    });

    it('does not take the place of what is here already', async () => {
      const other = await host();
      const { cache } = other.open([]);
      const work = { kind: 'packages', name: 'packages', definition: {}, policy: { reuse: true } } as const;
      const listOf = (name: string) => ({
        packages: { packages: [{ name, version: '1', architecture: 'all' }], notes: [] },
      });
      await cache.keep(work, { result: listOf('here'), seconds: 1 });
      const first = await host();
      const built = await first.build();
      await built.cache.keep(work, { result: listOf('elsewhere'), seconds: 1 });
      await first.share(place.to, built);
      const found = await other.open([place.from]).cache.lookUp(work);
      expect(found).toMatchObject({ record: { result: listOf('here') } });
    });

    it('is sent nothing twice', async () => {
      const first = await host();
      const built = await first.build();
      const once = await first.share(place.to, built);
      expect(once).toMatchObject({ records: 5, sentBlobs: 4 });
      expect(await first.share(place.to, built)).toEqual({ records: 5, sentBlobs: 0, sentBytes: 0 });
      const more = await first.share(`${place.to},mode=max`, built);
      expect(more).toMatchObject({ records: 6, sentBlobs: 1 });
      const other = await takeAll();
      expect(other.made).toEqual([]);
    });

    it('keeps what several hosts wrote at once, or whole what the last of them wrote', async () => {
      const texts = ['one', 'two', 'three', 'four'];
      const builds = await Promise.all(
        texts.map(async (text) => {
          const writer = await host();
          return { writer, built: await writer.build({ text }) };
        }),
      );
      const exported = await Promise.all(builds.map(({ writer, built }) => writer.share(place.to, built)));
      expect(exported.every(({ records }) => records >= 5)).toBe(true);
      const reader = await host();
      const reused: string[] = [];
      for (const text of texts) {
        const { made, warnings } = await reader.build({ from: [place.from], text });
        expect(warnings).toEqual([]);
        if (made.every((name) => name === 'disk')) reused.push(text);
      }
      expect(reused.length).toBeGreaterThan(0);
      for (const { writer, built } of builds) await writer.share(place.to, built);
      const late = await host();
      for (const text of texts)
        expect((await late.build({ from: [place.from], text })).made, text).not.toContain('component/last');
    });

    it('has room for so many results, and gives up those that nobody used for longest', async () => {
      const writer = await host();
      const day = 24 * 60 * 60 * 1000;
      for (const [at, text] of ['one', 'two', 'three'].entries()) {
        const built = await writer.build({ text });
        const { records } = await writer.share(place.to, built, { now: Date.now() + at * day, limit: 8 });
        expect(records).toBeLessThanOrEqual(8);
      }
      const madeOf = async (text: string) => (await (await host()).build({ from: [place.from], text })).made;
      expect(await madeOf('three')).toEqual(['disk']);
      expect(await madeOf('two')).not.toContain('component/last');
      expect(await madeOf('one')).toContain('component/last');
    });

    it('has no secret in it', async () => {
      await shareAll();
      for (const content of (await place.content()).values())
        expect(content.toString('latin1')).not.toContain('hunter2');
    });

    const damages: readonly (readonly [string, (content: Buffer) => Buffer])[] = [
      [
        'has a bit flipped',
        (content) => Buffer.from(content.map((byte, at) => (at === content.length >> 1 ? byte ^ 1 : byte))),
      ],
      ['is cut short', (content) => content.subarray(0, content.length >> 1)],
      ['is longer than it should be', (content) => Buffer.concat([content, content])],
      ['is empty', () => Buffer.alloc(0)],
    ];
    it.each(damages)(
      'is not used where its content %s: that is made, with a warning',
      async (_how, damage) => {
        const first = await shareAll();
        const content = [...(await place.content())];
        const isList = (bytes: Buffer) => bytes.subarray(0, 1).toString() === '{';
        const parts = [...content.filter(([, bytes]) => isList(bytes)).map((one) => [one]), content];
        for (const part of parts) {
          for (const [digest, bytes] of part)
            if (part.length === 1 || !isList(bytes)) await place.replace(digest, damage(bytes));
          const other = await host();
          const built = await other.build({ from: [place.from] });
          expect(built.warnings.length).toBeGreaterThan(0);
          const spared = everything.filter((name) => !built.made.includes(name));
          if (part.length > 1) expect(spared).toEqual(['test/it works']);
          else expect(built.made).toContain('output/oci');
          expect(built.artifact).toBe(first.artifact);
          for (const blob of await other.blobs.list()) expect(await other.blobs.verify(blob)).toBe('whole');
          for (const [digest, bytes] of part) await place.replace(digest, bytes);
        }
      },
    );

    it('is used as far as it is whole, whichever part of it is not', async () => {
      await shareAll();
      for (const [digest, bytes] of await place.content()) {
        await place.replace(digest, Buffer.from(bytes.map((byte, at) => (at === 0 ? byte ^ 1 : byte))));
        const { made, warnings } = await takeAll();
        expect(made.length).toBeGreaterThan(0);
        expect(warnings).toHaveLength(1);
        await place.replace(digest, bytes);
      }
    });

    it('is not used where what it lists is not valid, or does not fit', async () => {
      await shareAll();
      const { list, layers } = await written();
      const writeList = (bytes: Buffer) => writeCatalogue(bytes, layers);
      const [record = list[0]] = list.filter(({ kind }) => kind === 'base');
      const [layer] = record?.result.layers ?? [];
      if (!record || !layer) throw new Error('there is no record of a base');
      const withLayer = (changes: object) => ({ ...record, result: { layers: [{ ...layer, ...changes }] } });
      const deep = JSON.parse(`${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`) as object;
      const odd: readonly unknown[] = [
        null,
        [],
        {},
        { ...record, key: '../../etc/passwd' },
        { ...record, kind: 'other' },
        { ...record, kind: 'output' },
        { ...record, seconds: -1 },
        { ...record, seconds: '1' },
        { ...record, createdAt: 'yesterday' },
        { ...record, runId: '../../x' },
        { ...record, name: 'base\u001b]0;hello\u0007' },
        { ...record, preimage: deep },
        { ...record, preimage: { 'text\u001b]0;hello\u0007': 1 } },
        { ...record, result: {} },
        withLayer({ blob: `sha256:${'../'.repeat(21)}x` }),
        withLayer({ blob: sha256('not listed') }),
        withLayer({ diffId: 'md5:x' }),
        withLayer({ size: layer.size + 1 }),
        withLayer({ compression: 'none' }),
      ];
      const reader = await host();
      for (const value of odd) {
        await writeList(Buffer.from(JSON.stringify({ schema: 1, records: [value] })));
        const { cache, events } = reader.open([place.from]);
        const what = JSON.stringify(value).slice(0, 200);
        expect(await cache.lookUp(baseWork), what).toMatchObject({ outcome: 'miss' });
        expect(events, what).toMatchObject([{ type: 'warning', code: 'REMOTE_CACHE_FAILED' }]);
      }
      const loud = { ...record, key: sha256('other'), preimage: { text: '\u001b]0;hello\u0007' } };
      await writeList(Buffer.from(JSON.stringify({ schema: 1, records: [loud] })));
      expect(await reader.open([place.from]).cache.lookUp(baseWork)).toMatchObject({
        reason: expect.stringMatching(/^text: [^\p{Cc}]* -> base$/u),
      });
      const lies = [withLayer({ unpackedSize: 1 }), withLayer({ diffId: sha256('other') })];
      for (const value of lies) {
        await writeList(Buffer.from(JSON.stringify({ schema: 1, records: [value] })));
        const { made, warnings } = await takeAll();
        expect([...made].sort()).toEqual(everything);
        expect(warnings).toHaveLength(1);
      }
      for (const text of ['', 'null', '{', '[]', '{"schema":2,"records":[]}', '{"schema":1,"records":{}}']) {
        await writeList(Buffer.from(text));
        const { cache, events } = reader.open([place.from]);
        await cache.lookUp(baseWork);
        expect(events, text).toMatchObject([{ type: 'warning', code: 'REMOTE_CACHE_FAILED' }]);
      }
    });

    describe('that is signed', () => {
      const mine = keyPair();
      const others = keyPair();
      const shareSigned = async (text?: string, signer = mine.signer) => {
        const writer = await host();
        const built = await writer.build({ ...(text && { text }) });
        await writer.share(`${place.to},mode=max`, built, { signer });
      };
      const takeTrusted = async (trusted = mine.trusted) =>
        (await host()).build({ from: [place.from], trusted });
      const rewrite = async (change: (record: SharedRecord, all: readonly SharedRecord[]) => object) => {
        const { list, layers } = await written();
        const records = list.map((record) => change(record, list));
        await writeCatalogue(Buffer.from(JSON.stringify({ schema: 1, records })), layers);
      };

      it('gives all to whoever trusts the key, or asks for none', async () => {
        await shareSigned();
        for (const trusted of [mine.trusted, undefined]) {
          const { made, warnings } = await (await host()).build({ from: [place.from], trusted });
          expect({ made, warnings }).toEqual({ made: [], warnings: [] });
        }
      });

      it('gives nothing to whoever trusts another key, and nothing where nobody signed it', async () => {
        await shareSigned();
        const untrusted = await takeTrusted(others.trusted);
        expect(untrusted.made).toEqual(everything);
        expect(untrusted.warnings).toEqual([
          expect.stringContaining('6 of its results are signed by a key that is not trusted. What'),
        ]);
        await rewrite(({ signature: _signature, ...record }) => record);
        const unsigned = await takeTrusted();
        expect(unsigned.made).toEqual(everything);
        expect(unsigned.warnings).toEqual([expect.stringContaining('6 of its results are not signed.')]);
      });

      it('gives nothing of what was changed since, or has the signature of something else', async () => {
        await shareSigned('another');
        const replay = new Map((await written()).list.map((record) => [record.kind, record.signature]));
        await shareSigned();
        const changes: readonly ((record: SharedRecord, all: readonly SharedRecord[]) => object)[] = [
          (record) => ({ ...record, signature: replay.get(record.kind) }),
          (record) => ({ ...record, createdAt: '2030-01-01T00:00:00.000Z' }),
          (record, all) => ({ ...record, key: all.find(({ key }) => key !== record.key)?.key }),
          (record, all) => ({ ...record, result: all.find(({ key }) => key !== record.key)?.result }),
          (record) => ({ ...record, signature: { ...record.signature, key: [...others.trusted][0] } }),
          (record) => ({ ...record, signature: { ...record.signature, value: `${'A'.repeat(86)}==` } }),
          (record) => ({ ...record, signature: { key: 'none', value: '' } }),
        ];
        const { list, layers } = await written();
        const base = list.find(({ key }) => key === keyOf(baseWork));
        if (!base) throw new Error('there is no record of a base');
        for (const change of changes) {
          const records = list.map((record) => (record === base ? change(base, list) : record));
          await writeCatalogue(Buffer.from(JSON.stringify({ schema: 1, records })), layers);
          const reader = (await host()).open([place.from], mine.trusted);
          const what = String(change);
          expect(await reader.cache.lookUp(baseWork), what).toMatchObject({ outcome: 'miss' });
          expect(reader.events, what).toMatchObject([{ type: 'warning', code: 'REMOTE_CACHE_FAILED' }]);
        }
        const mended = await takeTrusted();
        expect(mended.made).toEqual(['base']);
      });

      it('does not vouch for what somebody else made, nor lose a signature to somebody who has none', async () => {
        await shareAll();
        const between = await host();
        await between.share(`${place.to},mode=max`, await between.build({ from: [place.from] }), mine);
        expect((await takeTrusted()).made).toEqual(everything);
        await shareSigned();
        const late = await host();
        await late.share(`${place.to},mode=max`, await late.build());
        expect(await takeTrusted()).toMatchObject({ made: [], warnings: [] });
        const taken = await host();
        const built = await taken.build({ from: [place.from], trusted: mine.trusted });
        const { list } = await written();
        await writeCatalogue(Buffer.from(JSON.stringify({ schema: 1, records: [] })), []);
        await taken.share(`${place.to},mode=max`, built, others);
        expect((await written()).list.map(({ signature }) => signature)).toEqual(
          list.map(({ signature }) => signature),
        );
      });
    });

    it('is made whole again by the next host that writes to it', async () => {
      await shareAll();
      for (const [digest, content] of await place.content()) {
        if (!content.toString('latin1').includes('artifact of')) continue;
        await place.replace(digest, Buffer.from('damaged'));
      }
      const mender = await host();
      await mender.share(place.to, await mender.build({ from: [place.from] }));
      const { made, warnings } = await takeAll();
      expect(warnings).toEqual([]);
      expect(made).toEqual([]);
    });

    it('stays what it is where it is no cache of Gild', async () => {
      const target = parseCacheTarget(place.to).place;
      const config = Buffer.from('{}');
      const named = { digest: sha256(config), size: config.length };
      await target.send({ ...named, open: () => Readable.from([config]) });
      const mediaType = 'application/vnd.oci.image.config.v1+json';
      const image = {
        schemaVersion: 2,
        mediaType: manifestType,
        config: { mediaType, ...named },
        layers: [],
      };
      const bytes = Buffer.from(JSON.stringify(image));
      await target.publish(bytes);
      const { made, warnings } = await takeAll();
      expect(made).toEqual(everything);
      expect(warnings).toEqual([expect.stringContaining('not a cache of Gild')]);
      const writer = await host();
      await expect(writer.share(place.to, await writer.build())).rejects.toMatchObject({
        code: 'REMOTE_CACHE_FAILED',
      });
      expect(await target.manifest()).toEqual(bytes);
    });

    it('stops a build that does not want to go on without it', async () => {
      await shareAll();
      for (const digest of (await place.content()).keys())
        await place.replace(digest, Buffer.from('damaged'));
      const strict = (await host()).build({ from: [`${place.from},ignore-error=false`] });
      await expect(strict).rejects.toMatchObject({ code: 'REMOTE_CACHE_FAILED' });
    });
  });
}

function keyPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    signer: signerOf(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), 'key.pem'),
    trusted: trustedKeys(publicKey.export({ format: 'pem', type: 'spki' }).toString(), 'key.pub'),
  };
}

/** The first step of the builds of test hosts. */
const baseWork: Work = {
  kind: 'base',
  name: 'base',
  definition: { text: 'base' },
  tree: treeId([]),
  policy: { reuse: true },
  deferred: true,
};
