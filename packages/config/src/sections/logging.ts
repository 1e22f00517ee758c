import { z } from 'zod';
import { choice, flag, text } from '../fields.js';
import { lateOr } from '../late.js';

/** The levels a logger has, most talkative first. */
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

export const logging = lateOr(
  () =>
    z
      .strictObject({
        level: choice(logLevels, { description: 'Least severe lines that are written.' }).prefault('info'),
        bodies: flag({
          description: 'Also log request and answer bodies, redacted. No effect in this version: bodies are never logged.',
        }).prefault(false),
        file: text({ description: 'Log file, relative to this file. Default: ccproxy.log in the log directory.' }).optional(),
      })
      .register(z.globalRegistry, { description: 'What is logged, and where.' }),
  { level: 'info', bodies: false },
);
