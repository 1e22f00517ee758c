/** The part of node-ipc 14.0.0 that is used; the package ships no types. */
declare module 'node-ipc' {
  import type { Server as NetServer, Socket } from 'node:net';

  export interface NodeIpcConfig {
    appspace: string;
    socketRoot: string;
    silent: boolean;
    logPayloads: boolean;
    unlink: boolean;
    parser: typeof GuardedParser;
    maxMessageSize: number;
    maxPendingBytes: number;
    messageTimeout: number;
    maxConnections: number;
    maxRetries: number;
    stopRetrying: boolean;
  }
  export class GuardedParser {
    constructor(config: NodeIpcConfig);
    readonly maxMessageSize: number;
    /** `state` is what the last call returned for this socket; falsy when nothing is pending. */
    read(state: unknown, text: string, receive: (message: { type: string; data: unknown }) => void): unknown;
  }
  export interface NodeIpcServer {
    readonly server: NetServer | false;
    on(type: string, handler: (data: unknown, socket: Socket) => void): void;
    emit(socket: Socket, type: string, data: unknown): boolean;
    start(): void;
    stop(): void;
  }
  export interface NodeIpcClient {
    readonly socket: Socket;
    on(type: string, handler: (data: unknown) => void): void;
    emit(type: string, data: unknown): boolean;
  }
  export class IPCModule {
    readonly config: NodeIpcConfig;
    readonly server: NodeIpcServer;
    readonly of: Record<string, NodeIpcClient>;
    serve(path: string, onStart: () => void): void;
    connectTo(id: string, path: string, onCreated: () => void): void;
    disconnect(id: string): void;
  }
}
