package soap

import "sync"

// problems keeps the text of a failure that the backend could not keep itself until the Web Connector asks for it.
type problems struct {
	mu    sync.Mutex
	texts map[string]string
}

// problemsLimit bounds what clients can make us remember.
const problemsLimit = 64

func (p *problems) put(ticket, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.texts == nil || len(p.texts) >= problemsLimit {
		p.texts = make(map[string]string)
	}
	p.texts[ticket] = text
}

func (p *problems) get(ticket string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.texts[ticket]
}

// forget is called when the session goes on after all, because .NET sent the message again.
func (p *problems) forget(ticket string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.texts, ticket)
}
