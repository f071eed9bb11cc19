package io.tracestore.compat;

import static io.tracestore.spi.Capability.ATOMIC;
import static io.tracestore.spi.Capability.DURABLE;
import static io.tracestore.spi.Capability.EVICTING;
import static io.tracestore.spi.Capability.PERSISTENT;
import static io.tracestore.spi.Capability.SHARED;

import io.tracestore.spi.Capability;
import java.util.Set;

/**
 * The kit's own table of the promises of each sort of backend. The kit asks this table, not the
 * store, which promises to test, and tests that the store declares the same: a store can neither
 * talk itself out of a test nor claim what is not tested.
 */
public enum BackendTraits {
  /** A store in the memory of this process; all data are kept until the close. */
  MEMORY(ATOMIC),
  /** A store in the memory of this process; old data are dropped at a bound. */
  EVICTING_MEMORY(ATOMIC, EVICTING),
  /**
   * A database in files, or a server that syncs to disk. {@code DURABLE}: each trace whose write
   * returned is there, whole, after a kill -9 of the process that wrote it; the kit kills one.
   */
  DATABASE(PERSISTENT, DURABLE, ATOMIC, SHARED),
  /**
   * Files that one process at a time may open, and once: a second open, in this process or in
   * another, throws a {@code TraceStoreException}, and the first store goes on. {@code DURABLE} as
   * with {@link #DATABASE}.
   */
  EXCLUSIVE_FILES(PERSISTENT, DURABLE, ATOMIC),
  /** A server outside of this process that keeps all data in its memory. */
  MEMORY_SERVER(PERSISTENT, DURABLE, ATOMIC, SHARED),
  /** A server outside of this process that drops old data at a bound or after a time. */
  EVICTING_SERVER(PERSISTENT, DURABLE, ATOMIC, SHARED, EVICTING),
  /** Files that may lose the last writes when the process dies. */
  UNSYNCED_FILES(PERSISTENT);

  @SuppressWarnings("ImmutableEnumChecker") // Set.of is immutable
  private final Set<Capability> capabilities;

  BackendTraits(Capability... capabilities) {
    this.capabilities = Set.of(capabilities);
  }

  /** The capabilities that a store of this sort declares; the kit tests them. */
  public Set<Capability> capabilities() {
    return capabilities;
  }

  boolean promise(Capability capability) {
    return capabilities.contains(capability);
  }
}
