'use strict'
// An Express application that answers as the other servers of this test do and
// writes each request to one log for every logger that Node's users choose.
// Usage: node app.js PORT FOLDER [ADDRESS…]
const fs = require('node:fs')
const path = require('node:path')
const express = require('express')
const morgan = require('morgan')
const pino = require('pino')
const pinoHttp = require('pino-http')
const winston = require('winston')
const expressWinston = require('express-winston')
const bunyan = require('bunyan')

const [port, folder, ...addresses] = process.argv.slice(2)
const file = (name) => path.join(folder, name + '.log')
const app = express()
app.disable('x-powered-by')

for (const format of ['combined', 'common', 'short', 'tiny', 'dev', 'default']) {
  app.use(morgan(format, { stream: fs.createWriteStream(file('morgan-' + format), { flags: 'a' }) }))
}

app.use(pinoHttp({}, pino.destination({ dest: file('pino-http'), sync: true })))

app.use(expressWinston.logger({
  transports: [new winston.transports.File({ filename: file('express-winston') })],
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
}))

const log = winston.createLogger({
  format: winston.format.combine(winston.format.timestamp(), winston.format.json()),
  transports: [new winston.transports.File({ filename: file('winston') })],
})
const audit = bunyan.createLogger({ name: 'api', serializers: bunyan.stdSerializers, streams: [{ path: file('bunyan') }] })
app.use((req, res, next) => {
  const start = process.hrtime.bigint()
  res.on('finish', () => {
    const ms = Number(process.hrtime.bigint() - start) / 1e6
    log.info('request', {
      method: req.method, url: req.originalUrl, status: res.statusCode, ip: req.socket.remoteAddress,
      userAgent: req.get('user-agent'), responseTime: ms,
    })
    audit.info({ req, res }, 'handled')
  })
  next()
})

app.use((req, res) => {
  const at = req.url.split('?', 1)[0]
  const credentials = Buffer.from((req.get('authorization') || '').replace(/^Basic /, ''), 'base64').toString()
  const status = { '/missing': 404, '/denied': 403, '/limited': 429, '/broken': 500 }[at] ||
    (at === '/private' && credentials !== 'alice:secret' && credentials !== 'bob smith:secret' ? 401 : 200)
  if (status === 401) res.set('WWW-Authenticate', 'Basic realm="test"')
  res.status(status).type('text').send(status + '\n')
})

const servers = addresses.map((address) => app.listen(Number(port), address, (err) => {
  if (err) {
    console.error(err)
    process.exit(1)
  }
}))
process.on('SIGTERM', () => servers.forEach((s) => s.close()))
