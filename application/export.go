package application

import (
	"context"

	"hospital.example/doctor-service/ports/inbound"
	"hospital.example/doctor-service/ports/outbound"
)

const exportPage = 500

// ExportDoctors hands over every doctor, page by page.
func (c *Core) ExportDoctors(ctx context.Context, cmd inbound.ExportCommand) (inbound.ExportResult, error) {
	var result inbound.ExportResult
	if err := c.still(cmd.Caller, inbound.Administer); err != nil {
		return result, err
	}
	for q := (outbound.Query{Limit: exportPage}); ; {
		page, err := c.Storage.Find(ctx, q)
		if err != nil {
			return result, err
		}
		for _, d := range page.Doctors {
			if err := cmd.Each(d); err != nil {
				return result, err
			}
			result.Exported++
		}
		result.Damaged = append(result.Damaged, page.Damaged...)
		if page.Next == 0 {
			return result, nil
		}
		q.After = page.Next
	}
}
