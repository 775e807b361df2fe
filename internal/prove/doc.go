// Package prove runs whole days of a pretend shop and pretend books around the
// real bridge, with everything that can go wrong going wrong, and holds the
// books against the shop after each day. Time, randomness and the network are
// pretended, so that a seed gives the same run, step by step, on every machine.
//
// The auditors share no deciding code with the bridge: what must be in the
// books follows from the shop's own JSON, from what people did and from what
// was seen on the wire.
package prove
