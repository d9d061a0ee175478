package app

import (
	"context"
	"time"

	"go.uber.org/fx"

	"hospital.example/doctor-service/ports/outbound"
)

var storageModule = fx.Module("storage",
	fx.Provide(openStorage, func() outbound.Clock { return time.Now }),
)

// openStorage opens the storage that the scheme of DOCTOR_STORAGE names, and closes it last of all.
func openStorage(life fx.Lifecycle, s settings) (outbound.Storage, error) {
	store, err := s.driver.Open(context.Background(), s.storage)
	if err != nil {
		return nil, err
	}
	life.Append(fx.StopHook(store.Close))
	return store, nil
}
