// NestJS with the gateway of Cola Chat's articles: the contract's events and shapes, kept in memory
// as far as the gateway needs them, no database.
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { AddressInfo } from 'node:net';
import { ChatGateway } from './chat.gateway.js';

@Module({ providers: [ChatGateway] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;
console.log(`listening on http://127.0.0.1:${port}`);
