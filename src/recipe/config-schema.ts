import { z } from 'zod';
import { absolutePath, containerUser, environmentName, labelName, line, port } from './patterns.ts';

const scalar = z.union([line, z.number(), z.boolean()]);
const words = z.array(line).max(1000);

export const configSchema = z
  .strictObject({
    env: z
      .record(environmentName, scalar)
      .default({})
      .describe(
        "Environment of everything that runs in the image, on top of the base's. It is part of the image: no secrets here.",
      ),
    user: containerUser
      .optional()
      .describe("User that the image runs as: a name or number, or `user:group`. The base's when absent."),
    workingDir: absolutePath.optional().describe("Folder that the image runs in. The base's when absent."),
    entrypoint: words.optional().describe("Program and arguments that always run. The base's when absent."),
    cmd: words
      .optional()
      .describe(
        "Default arguments, or the whole command where there is no entry point. The base's when absent.",
      ),
    ports: z
      .array(z.union([port, z.int().min(1).max(65_535)]))
      .default([])
      .describe('Ports that the image listens on: `80`, `80/tcp`, `53/udp`.'),
    labels: z.record(labelName, scalar).default({}).describe('Labels of the image, by name.'),
  })
  .meta({
    title: 'Config',
    description: 'What a container runtime does with the image when nobody says otherwise.',
  });
