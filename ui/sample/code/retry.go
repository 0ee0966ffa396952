// Package net holds small helpers for flaky connections.
package net

import (
	"context"
	"time"
)

// Retry calls fn until it succeeds, doubling the pause after each failure.
func Retry(ctx context.Context, attempts int, pause time.Duration, fn func() error) error {
	var err error
	for i := 0; i < attempts; i++ {
		if err = fn(); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
			pause *= 2
		}
	}
	return err
}
