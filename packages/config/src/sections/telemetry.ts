import { notAvailable } from '../not-available.js';

export const telemetry = notAvailable({ description: 'OpenTelemetry traces.', instead: 'Metrics are at `/metrics` without any setting.' });
