package io.tracestore.compat;

import net.jqwik.api.Group;
import org.junit.jupiter.api.Nested;

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
 * <p>Each concern is a nested class; those named {@code ...Property} are run by jqwik, the others
 * by Jupiter, so both engines have to be on the class path. A test of what a backend of its sort
 * does not promise is shown as skipped, with that reason. How much is tried is set with the system
 * properties {@code tracestore.kit.tries} (random cases for each property, 200 by default) and
 * {@code tracestore.kit.crashRounds} (3 by default).
 */
public abstract class TraceStoreKit implements StoreFixture {
  /** For subclasses. */
  protected TraceStoreKit() {}

  @Nested
  final class Capabilities extends CapabilityPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class RoundTrip extends RoundTripPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Upsert extends UpsertPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Order extends OrderPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Filters extends FilterPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Questions extends QuestionPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class EarlyEvents extends EarlyEventPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class DeleteAndPurge extends DeleteAndPurgePromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Batches extends BatchPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Cursors extends CursorPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Atomicity extends AtomicityPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class ReadYourWrites extends ReadYourWritesPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Threads extends ThreadPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Close extends ClosePromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Crash extends CrashPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class BoundedMemory extends BoundedMemoryPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Errors extends ErrorPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Uris extends UriPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Metrics extends MetricsPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Analytics extends AnalyticsPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Writer extends WriterPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class HealthChecks extends HealthPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class Identity extends IdentityPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class OpenFailures extends OpenFailurePromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Nested
  final class History extends HistoryPromises {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Group
  final class RoundTripProperty extends RoundTripProperties {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Group
  final class FilterProperty extends FilterProperties {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }

  @Group
  final class ModelProperty extends ModelProperties {
    @Override
    StoreFixture fixture() {
      return TraceStoreKit.this;
    }
  }
}
