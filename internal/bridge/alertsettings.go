package bridge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"slices"
	"strings"
	"time"

	"qbridge/store"
)

// limit is how long something may be so before it is an alert; off for never.
type limit time.Duration

const off limit = -1

func (l limit) on() bool                       { return l != off }
func (l limit) Duration() time.Duration        { return time.Duration(l) }
func (l limit) past(since, now time.Time) bool { return now.Sub(since) >= time.Duration(l) }

func (l limit) String() string {
	if l == off {
		return "off"
	}
	text := strings.TrimSuffix(time.Duration(l).String(), "0s")
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	if text == "" {
		return "0s"
	}
	return text
}

// parseLimit reads "off", days like "30d", or what Go takes for a duration.
func parseLimit(text string) (limit, error) {
	if text == "off" {
		return off, nil
	}
	d, err := time.ParseDuration(text)
	if days, is := strings.CutSuffix(text, "d"); is {
		d, err = time.ParseDuration(days + "h")
		d *= 24
	}
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no time: write it like 30m, 24h or 30d, or off", text)
	}
	return limit(d), nil
}

// AlertSettings say what is an alert, and how it is told.
type AlertSettings struct {
	ConnectorSilent limit // the Web Connector has not come
	Waiting         limit // orders are ready or queued
	InDoubt         limit // a message set has no answer
	Stopped         limit // writing is stopped; any limit but off means at once
	PullFailing     limit // no good pull from the shop
	Attention       limit // the least time between two alerts of new orders that need attention
	Certificate     limit // before the end of serve's certificate (P63)

	Command string // run with each alert: a program and its arguments

	MailServer   string // host:port of the SMTP server; empty for no mail
	MailSecurity string // tls, starttls, none
	MailUser     string
	MailPassword Secret
	MailFrom     string
	MailTo       string // addresses with commas between
}

func defaultAlerts() AlertSettings {
	return AlertSettings{ConnectorSilent: limit(24 * time.Hour), Waiting: limit(24 * time.Hour), InDoubt: limit(30 * time.Minute), PullFailing: limit(2 * time.Hour),
		Attention: limit(time.Hour), Certificate: limit(certificateWarning), MailSecurity: "starttls"}
}

// AlertSetting is one setting with its meaning, for people.
type AlertSetting struct {
	Key, Value, Help string
}

// passwordKey is the one setting that is kept sealed.
const passwordKey = "mail-password"

// alertSetting is a setting that a person can change.
type alertSetting struct {
	key, help string
	get       func(AlertSettings) string
	set       func(*AlertSettings, string) error
}

func limitSetting(key, help string, field func(*AlertSettings) *limit) alertSetting {
	return alertSetting{key, help, func(s AlertSettings) string { return field(&s).String() }, func(s *AlertSettings, text string) (err error) {
		*field(s), err = parseLimit(text)
		return err
	}}
}

func textSetting(key, help string, field func(*AlertSettings) *string, check func(string) error) alertSetting {
	return alertSetting{key, help, func(s AlertSettings) string { return *field(&s) }, func(s *AlertSettings, text string) error {
		if text != "" {
			if err := check(text); err != nil {
				return err
			}
		}
		*field(s) = text
		return nil
	}}
}

func alertSettingList() []alertSetting {
	return []alertSetting{
		limitSetting(alertConnectorSilent, "the Web Connector has not come for so long", func(s *AlertSettings) *limit { return &s.ConnectorSilent }),
		limitSetting(alertWaiting, "an order has been ready or queued for so long", func(s *AlertSettings) *limit { return &s.Waiting }),
		limitSetting(alertInDoubt, "QuickBooks has not answered for so long", func(s *AlertSettings) *limit { return &s.InDoubt }),
		limitSetting(alertStopped, "nothing may be written to the company file: 0s, or off", func(s *AlertSettings) *limit { return &s.Stopped }),
		limitSetting(alertPullFailing, "the shop gave no orders for so long", func(s *AlertSettings) *limit { return &s.PullFailing }),
		limitSetting(alertAttention, "orders newly need attention; told at most once in so long", func(s *AlertSettings) *limit { return &s.Attention }),
		limitSetting(alertCertificate, "serve's certificate ends within", func(s *AlertSettings) *limit { return &s.Certificate }),
		textSetting("command", "a program with arguments that is run with each alert, its text on standard input; empty for none", func(s *AlertSettings) *string { return &s.Command },
			func(text string) error { _, err := commandWords(text); return err }),
		textSetting("mail-server", "SMTP server as host:port; empty for no mail", func(s *AlertSettings) *string { return &s.MailServer }, checkMailServer),
		textSetting("mail-security", "starttls (port 587), tls (port 465), or none for a server on this computer", func(s *AlertSettings) *string { return &s.MailSecurity }, checkMailSecurity),
		textSetting("mail-user", "user at the mail server; empty for none", func(s *AlertSettings) *string { return &s.MailUser }, func(string) error { return nil }),
		{passwordKey, "that user's password, kept sealed", func(s AlertSettings) string {
			if s.MailPassword == "" {
				return ""
			}
			return hidden
		}, func(s *AlertSettings, text string) error { s.MailPassword = Secret(text); return nil }},
		textSetting("mail-from", "sender's address", func(s *AlertSettings) *string { return &s.MailFrom }, checkAddresses),
		textSetting("mail-to", "addresses to send to, with commas between", func(s *AlertSettings) *string { return &s.MailTo }, checkAddresses),
	}
}

func checkMailServer(text string) error {
	host, port, err := net.SplitHostPort(text)
	if err != nil || host == "" || port == "" {
		return fmt.Errorf("%q is no mail server: write it with its port, like mail.example.com:587", text)
	}
	return nil
}

func checkMailSecurity(text string) error {
	if !slices.Contains([]string{"starttls", "tls", "none"}, text) {
		return fmt.Errorf("%q is none of starttls, tls, none", text)
	}
	return nil
}

func checkAddresses(text string) error {
	if _, err := mail.ParseAddressList(text); err != nil {
		return fmt.Errorf("%q is no e-mail address: %w", text, err)
	}
	return nil
}

func alertSettingName(key string) string { return "alert/" + key }

// alertSettings reads the settings in force.
func (b *Bridge) alertSettings(tx *store.Tx) (AlertSettings, error) {
	s := defaultAlerts()
	for _, one := range alertSettingList() {
		value, found, err := tx.Setting(alertSettingName(one.key))
		if err != nil {
			return s, err
		}
		if !found {
			continue
		}
		if one.key == passwordKey {
			plain, err := b.vault.Open(alertSettingName(passwordKey), value)
			if err != nil {
				return s, fmt.Errorf("the mail password can't be read: set it again with 'qbridge alerts set mail-password --file F': %w", err)
			}
			value = string(plain)
			b.Redactor.Hide(Secret(value))
		}
		if err := one.set(&s, value); err != nil {
			return s, fmt.Errorf("the setting %s: %w", one.key, err)
		}
	}
	return s, nil
}

// AlertSettings tells the settings, the password hidden.
func (b *Bridge) AlertSettings(ctx context.Context) (all []AlertSetting, err error) {
	err = b.db.Read(ctx, func(tx *store.Tx) error {
		s, err := b.alertSettings(tx)
		for _, one := range alertSettingList() {
			all = append(all, AlertSetting{one.key, one.get(s), one.help})
		}
		return err
	})
	return all, err
}

// SetAlert changes one setting of the alerts. An empty value of a text takes it
// away; of a limit it brings the default back.
func (b *Bridge) SetAlert(ctx context.Context, key string, value Secret) error {
	i := slices.IndexFunc(alertSettingList(), func(one alertSetting) bool { return one.key == key })
	if i < 0 {
		var keys []string
		for _, one := range alertSettingList() {
			keys = append(keys, one.key)
		}
		return fmt.Errorf("there is no alert setting %q; there are %s", key, strings.Join(keys, ", "))
	}
	text := value.Reveal()
	if key == passwordKey {
		b.Redactor.Hide(value)
	}
	if text != "" {
		var s AlertSettings
		if err := alertSettingList()[i].set(&s, text); err != nil {
			return err
		}
		if key == passwordKey {
			sealed, err := b.vault.Seal(alertSettingName(key), []byte(text))
			if err != nil {
				return err
			}
			text = sealed
		}
	}
	return b.write(ctx, "keep the setting", func(tx *store.Tx) error {
		if text == "" {
			return tx.DropSetting(alertSettingName(key))
		}
		return tx.SetSetting(alertSettingName(key), text)
	})
}

// commandWords splits a command at its blanks; double quotes keep blanks
// together. No shell is asked, so nothing in an alert's text is ever run.
func commandWords(text string) (words []string, err error) {
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range text {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	if quoted || len(words) == 0 || words[0] == "" {
		return nil, errors.New("that is no command: write the program and its arguments, with double quotes around what holds blanks")
	}
	return words, nil
}
