package bridge

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"os"
	"os/exec"
	"strings"
	"time"
)

// message is an alert as it is told.
type message struct {
	Kind    string // like in-doubt; test
	State   string // raised, over, test
	Subject string
	Text    string
	ID      string // the same when it is told again
	At      time.Time
}

// tellTime is how long a command, or the mail server, may take.
const tellTime = 30 * time.Second

// channel is a way to tell an alert.
type channel struct {
	name string
	tell func(context.Context, message) error
}

// channels are the ways that the settings name.
func (b *Bridge) channels(s AlertSettings) (all []channel) {
	if s.Command != "" {
		all = append(all, channel{"command", func(ctx context.Context, m message) error { return runCommand(ctx, s.Command, m) }})
	}
	if s.MailServer != "" {
		all = append(all, channel{"mail", func(ctx context.Context, m message) error { return sendMail(ctx, s, b.MailTLS, m) }})
	}
	return all
}

// runCommand runs the user's program with the alert on its standard input and
// in its environment.
func runCommand(ctx context.Context, command string, m message) error {
	words, err := commandWords(command)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	c := exec.CommandContext(ctx, words[0], words[1:]...)
	c.Stdin = strings.NewReader(m.Text)
	c.Env = append(os.Environ(), "QBRIDGE_ALERT="+m.Kind, "QBRIDGE_ALERT_STATE="+m.State, "QBRIDGE_ALERT_SUBJECT="+m.Subject, "QBRIDGE_ALERT_TEXT="+m.Text)
	c.WaitDelay = time.Second // a grandchild may keep the pipe open
	said := &limited{limit: 4096}
	c.Stdout, c.Stderr = said, said
	if err := c.Run(); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("it took longer than %s", tellTime)
		}
		return fmt.Errorf("the alert command failed: %w %s", err, strings.TrimSpace(said.String()))
	}
	return nil
}

// sendMail sends the alert by SMTP. Without TLS it sends only to a server on
// this computer.
func sendMail(ctx context.Context, s AlertSettings, trust *tls.Config, m message) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("the alert mail could not be sent by %s: %w", s.MailServer, err)
		}
	}()
	from, to, err := s.addresses()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, tellTime)
	defer cancel()
	host, _, err := net.SplitHostPort(s.MailServer)
	if err != nil {
		return err
	}
	if s.MailSecurity == "none" && !isHere(host) {
		return errors.New("mail-security is none, which is for a mail server on this computer only")
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", s.MailServer)
	if err != nil {
		return err
	}
	defer conn.Close() // a second time when all went well
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // a server that hangs is left at once when serve ends
	defer stop()
	config := &tls.Config{}
	if trust != nil {
		config = trust.Clone()
	}
	config.ServerName, config.MinVersion = host, tls.VersionTLS12
	if s.MailSecurity == "tls" {
		conn = tls.Client(conn, config)
	}
	client, err := smtp.NewClient(conn, host)
	if err != nil {
		return err
	}
	if s.MailSecurity == "starttls" {
		if err := client.StartTLS(config); err != nil {
			return err
		}
	}
	if s.MailUser != "" {
		if err := client.Auth(smtp.PlainAuth("", s.MailUser, s.MailPassword.Reveal(), host)); err != nil {
			return err
		}
	}
	if err := client.Mail(from.Address); err != nil {
		return err
	}
	for _, address := range to {
		if err := client.Rcpt(address.Address); err != nil {
			return err
		}
	}
	w, err := client.Data()
	if err != nil {
		return err
	}
	if err := errors.Join(writeMail(w, from, to, m), w.Close()); err != nil {
		return err
	}
	_ = client.Quit() // the server has taken the mail
	return nil
}

func (s AlertSettings) addresses() (*mail.Address, []*mail.Address, error) {
	to, err := mail.ParseAddressList(s.MailTo)
	if err != nil {
		return nil, nil, fmt.Errorf("mail-to is not set to an address: %w", err)
	}
	from, err := mail.ParseAddress(cmp.Or(s.MailFrom, s.MailTo))
	if err != nil {
		from = to[0]
	}
	return from, to, nil
}

// writeMail writes the mail as RFC 5322 has it, in ASCII alone.
func writeMail(w io.Writer, from *mail.Address, to []*mail.Address, m message) error {
	var all []string
	for _, address := range to {
		all = append(all, address.String())
	}
	_, domain, _ := strings.Cut(from.Address, "@")
	var text bytes.Buffer
	for _, header := range [][2]string{
		{"From", from.String()}, {"To", strings.Join(all, ", ")}, {"Subject", mime.QEncoding.Encode("utf-8", strings.Join(strings.Fields(m.Subject), " "))},
		{"Date", m.At.Format(time.RFC1123Z)}, {"Message-ID", "<" + m.ID + "@" + domain + ">"}, {"MIME-Version", "1.0"},
		{"Auto-Submitted", "auto-generated"}, {"Content-Type", "text/plain; charset=utf-8"}, {"Content-Transfer-Encoding", "quoted-printable"},
	} {
		text.WriteString(header[0] + ": " + header[1] + "\r\n")
	}
	text.WriteString("\r\n")
	body := quotedprintable.NewWriter(&text)
	_, err := io.WriteString(body, strings.ReplaceAll(m.Text, "\n", "\r\n"))
	if err := errors.Join(err, body.Close()); err != nil {
		return err
	}
	_, err = w.Write(text.Bytes())
	return err
}
