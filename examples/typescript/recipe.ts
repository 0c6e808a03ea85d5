// In a project of your own: import { defineRecipe } from 'gild';
import { defineRecipe } from '../../src/index.ts';

/** One page and one test for each site: what a list in YAML would have to repeat. */
const sites = ['blog', 'shop', 'wiki'];

export default defineRecipe({
  name: 'three-sites',
  version: '1.0.x',
  description: 'nginx with a page for each of three sites',
  base: 'debian:bookworm',
  components: [{ name: 'nginx', version: '1.x.x' }],
  files: [
    ...sites.map((site) => ({ content: page(site), to: `/var/www/html/${site}/index.html` })),
    { from: 'sites/robots.txt', to: '/var/www/html/' },
  ],
  config: { entrypoint: ['nginx', '-g', 'daemon off;'], ports: [80] },
  tests: sites.map((site) => ({
    name: `${site} is served`,
    type: 'http',
    port: 80,
    path: `/${site}/`,
    body: { contains: site },
  })),
});

function page(site: string): string {
  return `<!doctype html>\n<title>${site}</title>\n<h1>${site}</h1>\n`;
}
