package io.tracestore.system.selftest;

import io.tracestore.model.EpochNanos;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceEventData;
import io.tracestore.model.TraceId;
import io.tracestore.spi.BatchStoreException;
import io.tracestore.spi.Capability;
import io.tracestore.spi.StoreConflictException;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.TraceStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/** One broken promise each, and the concern of the kit that has to fail for it. */
enum Defect {
  CUTS_TIMES_TO_MICROSECONDS("RoundTrip") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public void storeTrace(FlowTrace trace) {
          Instant end = trace.endTime();
          super.storeTrace(
              end == null
                  ? trace
                  : trace.toBuilder().endTime(end.truncatedTo(ChronoUnit.MICROS)).build());
        }
      };
    }
  },
  TAKES_EMPTY_FOR_ABSENT("RoundTrip") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public List<TraceEvent> getEvents(TraceId traceId) {
          return super.getEvents(traceId).stream()
              .map(event ->
                  "".equals(event.data().port())
                      ? event.toBuilder().data(TraceEventData.EMPTY).build()
                      : event)
              .toList();
        }
      };
    }
  },
  FORGETS_THE_EVENTS_OF_A_REPLACED_TRACE("Upsert") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public void storeTrace(FlowTrace trace) {
          if (getTrace(trace.traceId()).filter(trace::hasIdentityOf).isPresent()) {
            deleteTrace(trace.traceId());
          }
          super.storeTrace(trace);
        }
      };
    }
  },
  OVERWRITES_ANOTHER_IDENTITY("Upsert") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public void storeTrace(FlowTrace trace) {
          try {
            super.storeTrace(trace);
          } catch (StoreConflictException e) {
            deleteTrace(trace.traceId());
            super.storeTrace(trace);
          }
        }
      };
    }
  },
  ORDERS_IDS_AS_SIGNED("Order") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public List<FlowTrace> queryTraces(TraceQuery query) {
          return super.queryTraces(query).stream()
              .sorted(
                  Comparator.comparing(FlowTrace::startTime)
                      .reversed()
                      .thenComparing(trace -> trace.traceId().value()))
              .toList();
        }
      };
    }
  },
  CONTINUES_A_PAGE_BY_TIME_ALONE("Order") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public List<FlowTrace> queryTraces(TraceQuery query) {
          TraceQuery.Position after = query.after();
          return super.queryTraces(query).stream()
              .filter(trace -> after == null || trace.startTime().isBefore(after.startTime()))
              .toList();
        }
      };
    }
  },
  EXCLUDES_THE_END_OF_A_TIME_RANGE("Filters") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public long count(TraceQuery query) {
          Instant to = query.startedTo();
          Instant from = query.startedFrom();
          return to == null || to.equals(EpochNanos.MIN) || to.equals(from)
              ? super.count(query)
              : super.count(query.toBuilder().startedTo(to.minusNanos(1)).build());
        }
      };
    }
  },
  COUNTS_FROM_THE_PLACE_ON_WHERE_AN_ACTOR_IS_ASKED("Filters") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public long count(TraceQuery query) {
          return query.actor() == null || query.after() == null
              ? super.count(query)
              : queryTraces(query.toBuilder().limit(1_000).offset(0).build()).size();
        }
      };
    }
  },
  IGNORES_CASE("Filters") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public List<FlowTrace> queryTraces(TraceQuery query) {
          String actor = query.actorContains();
          if (actor == null) {
            return super.queryTraces(query);
          }
          String lower = actor.toLowerCase(Locale.ROOT);
          return super.queryTraces(query.toBuilder().actorContains(null).build()).stream()
              .filter(trace ->
                  trace.events().stream()
                      .anyMatch(e -> e.actorId().toLowerCase(Locale.ROOT).contains(lower)))
              .toList();
        }
      };
    }
  },
  KNOWS_NO_DEFAULT_LIMIT("Filters") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public List<FlowTrace> queryTraces(TraceQuery query) {
          return query.limit() == null
              ? super.queryTraces(query.toBuilder().limit(Integer.MAX_VALUE).build())
              : super.queryTraces(query);
        }
      };
    }
  },
  HIDES_EARLY_EVENTS("EarlyEvents") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public List<TraceEvent> getEvents(TraceId traceId) {
          return getTrace(traceId).map(FlowTrace::events).orElse(List.of());
        }
      };
    }
  },
  STORES_EVENTS_ONE_BY_ONE("Atomicity") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public void storeEvents(TraceId traceId, Collection<TraceEvent> events) {
          events.forEach(event -> storeEvent(traceId, event));
        }
      };
    }
  },
  GIVES_UP_A_BATCH_AT_THE_FIRST_FAILURE("Batches") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public void storeTraces(Collection<FlowTrace> traces) {
          int index = 0;
          for (FlowTrace trace : List.copyOf(traces)) {
            try {
              storeTrace(trace);
            } catch (StoreConflictException e) {
              throw new BatchStoreException(
                  traces.size(),
                  List.of(new BatchStoreException.Failure(index, trace.traceId(), e)));
            }
            index++;
          }
        }
      };
    }
  },
  PURGES_WHAT_STARTED_AT_THE_CUTOFF("DeleteAndPurge") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public long purgeBefore(Instant cutoff) {
          return super.purgeBefore(cutoff.equals(Instant.MAX) ? cutoff : cutoff.plusNanos(1));
        }
      };
    }
  },
  READS_STALE("ReadYourWrites") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        private Optional<FlowTrace> lastRead = Optional.empty();

        @Override
        public synchronized Optional<FlowTrace> getTrace(TraceId traceId) {
          Optional<FlowTrace> stale = lastRead.filter(t -> t.traceId().equals(traceId));
          lastRead = super.getTrace(traceId);
          return stale.isPresent() ? stale : lastRead;
        }
      };
    }
  },
  SWALLOWS_THE_INTERRUPT("Threads") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public void storeTrace(FlowTrace trace) {
          if (!Thread.interrupted()) {
            super.storeTrace(trace);
          }
        }
      };
    }
  },
  LEAKS_A_THREAD("Close") {
    @Override
    TraceStore in(TraceStore store) {
      Thread.ofPlatform().daemon().start(LockSupport::park);
      return new ForwardingStore(store);
    }
  },
  CLAIMS_MORE_THAN_IT_KEEPS("Capabilities") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public Set<Capability> capabilities() {
          return EnumSet.of(Capability.ATOMIC, Capability.PERSISTENT);
        }
      };
    }
  },
  COUNTS_READS_AS_WRITES("Metrics") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public List<TraceEvent> getEvents(TraceId traceId) {
          storeEvents(traceId, super.getEvents(traceId));
          deleteTrace(traceId);
          return super.getEvents(traceId);
        }
      };
    }
  },
  SHOWS_THE_SECRET("Uris") {
    @Override
    TraceStore in(TraceStore store) {
      return new ForwardingStore(store) {
        @Override
        public String toString() {
          return "defective with password " + DefectiveKit.SECRET;
        }
      };
    }
  };

  private final String concern;

  Defect(String concern) {
    this.concern = concern;
  }

  /** {@code store} with this defect. */
  abstract TraceStore in(TraceStore store);

  /** The nested class of the kit that has to fail. */
  String concern() {
    return concern;
  }
}
