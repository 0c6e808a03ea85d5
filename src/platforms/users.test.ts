import { describe, expect, it } from 'vitest';
import { lookUpUser, needsDatabase } from './users.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\napp:x:1234:2345::/srv/app:/bin/sh\nbroken\nodd:x:-1:0::/:\n';
const group = 'root:x:0:\napps:x:2345:\nextra:x:77:other,app\nbad:x:many:app\n';

describe('a user of the image', () => {
  it('is known by name, with its groups and home', () => {
    expect(lookUpUser('app', passwd, group)).toEqual({
      uid: 1234,
      gid: 2345,
      groups: [77],
      home: '/srv/app',
    });
  });

  it('is known by number, also where the image has no such user', () => {
    expect(lookUpUser('1234', passwd, group)).toMatchObject({ uid: 1234, gid: 2345 });
    expect(lookUpUser('5', passwd, group)).toEqual({ uid: 5, gid: 0, groups: [], home: '/' });
    expect(lookUpUser('5:6', '', '')).toMatchObject({ uid: 5, gid: 6 });
  });

  it('takes the group that is given, and then no other', () => {
    expect(lookUpUser('app:extra', passwd, group)).toMatchObject({ uid: 1234, gid: 77, groups: [] });
  });

  it('is refused where neither a number nor in the image', () => {
    for (const user of ['none', 'odd', 'app:none', 'broken', '-1', '']) {
      expect(() => lookUpUser(user, passwd, group), user).toThrow('no user');
    }
  });

  it('needs no database for root', () => {
    expect(['root', '0', '0:0', 'app', '5:6'].map(needsDatabase)).toEqual([false, false, false, true, true]);
  });
});
