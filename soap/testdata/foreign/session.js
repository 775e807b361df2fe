// Completes a session of the Web Connector with a client that the npm package soap builds from the service's own WSDL.
// Usage: node session.js WSDL-URL USER PASSWORD
// Prints one line of JSON with what the service said; the test that runs it judges.
import soap from 'soap'

const [url, strUserName, strPassword] = process.argv.slice(2)
const client = await soap.createClientAsync(url)

async function call(operation, parameters) {
  const [answer] = await client[operation + 'Async'](parameters)
  return answer[operation + 'Result']
}

const poll = { strHCPResponse: '', strCompanyFileName: 'C:\\Books\\Shop.qbw', qbXMLCountry: 'US', qbXMLMajorVers: 16, qbXMLMinorVers: 0 }
const said = {}
said.serverVersion = await call('serverVersion', {})
said.clientVersion = await call('clientVersion', { strVersion: '2.3.0.215' })
said.authenticate = (await call('authenticate', { strUserName, strPassword })).string
const ticket = said.authenticate[0]
said.requests = []
said.progress = []
for (const response of ['<QBXML>Ren\u00e9e &amp; Roy</QBXML>', '<QBXML>second</QBXML>']) {
  said.requests.push(await call('sendRequestXML', { ticket, ...poll }))
  said.progress.push(await call('receiveResponseXML', { ticket, response, hresult: '', message: '' }))
}
said.requests.push(await call('sendRequestXML', { ticket, ...poll }))
said.lastError = await call('getLastError', { ticket })
said.closed = await call('closeConnection', { ticket })
console.log(JSON.stringify(said))
