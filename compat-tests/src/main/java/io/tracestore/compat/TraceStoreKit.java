package io.tracestore.compat;

import net.jqwik.api.Group;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/**
 * All tests of the kit for one backend. The author of a provider extends it with a class that says
 * how to get a new store, and runs that class with JUnit:
 *
 * <pre>{@code
 * class SqliteKitTest extends TraceStoreKit {
 *   @Override
 *   public BackendTraits traits() {
 *     return BackendTraits.DATABASE;
 *   }
 *
 *   @Override
 *   public String newStoreUri(Path directory) {
 *     return "sqlite:" + directory.resolve("traces.db");
 *   }
 * }
 * }</pre>
 *
 * <p>Each concern is a nested class and has its name as a tag: {@code -Dgroups=Order} runs one.
 * Those named {@code ...Property} are run by jqwik, the others by Jupiter, so both engines have to
 * be on the class path. A test of what a backend of its sort does not promise is shown as skipped,
 * with that reason. How much is tried is set with the system properties {@code
 * tracestore.kit.tries} (random cases for each property, 200 by default), {@code
 * tracestore.kit.crashRounds} (3 by default) and {@code tracestore.kit.patience} (how long it waits
 * for what a store does in the background, {@code PT2M} by default).
 */
public abstract class TraceStoreKit implements StoreFixture {
  /** For subclasses. */
  protected TraceStoreKit() {}

  @Nested
  @Tag("Capabilities")
  final class Capabilities extends CapabilityPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("RoundTrip")
  final class RoundTrip extends RoundTripPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Upsert")
  final class Upsert extends UpsertPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Order")
  final class Order extends OrderPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Filters")
  final class Filters extends FilterPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Questions")
  final class Questions extends QuestionPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("EarlyEvents")
  final class EarlyEvents extends EarlyEventPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("DeleteAndPurge")
  final class DeleteAndPurge extends DeleteAndPurgePromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Batches")
  final class Batches extends BatchPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Cursors")
  final class Cursors extends CursorPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Atomicity")
  final class Atomicity extends AtomicityPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("ReadYourWrites")
  final class ReadYourWrites extends ReadYourWritesPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Threads")
  final class Threads extends ThreadPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Close")
  final class Close extends ClosePromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Crash")
  final class Crash extends CrashPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("BoundedMemory")
  final class BoundedMemory extends BoundedMemoryPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Errors")
  final class Errors extends ErrorPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Uris")
  final class Uris extends UriPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Metrics")
  final class Metrics extends MetricsPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Analytics")
  final class Analytics extends AnalyticsPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Writer")
  final class Writer extends WriterPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("HealthChecks")
  final class HealthChecks extends HealthPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("Identity")
  final class Identity extends IdentityPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("OpenFailures")
  final class OpenFailures extends OpenFailurePromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  @Tag("History")
  final class History extends HistoryPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Group
  @net.jqwik.api.Tag("RoundTripProperty")
  final class RoundTripProperty extends RoundTripProperties {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Group
  @net.jqwik.api.Tag("FilterProperty")
  final class FilterProperty extends FilterProperties {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Group
  @net.jqwik.api.Tag("ModelProperty")
  final class ModelProperty extends ModelProperties {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }
}
