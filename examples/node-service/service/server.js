const http = require('node:http');

const server = http.createServer((_request, response) => {
  response.setHeader('content-type', 'text/plain');
  response.end(`Hello from Node ${process.version}\n`);
});

server.listen(process.env.PORT);
