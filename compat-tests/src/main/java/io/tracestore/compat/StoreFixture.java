package io.tracestore.compat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The facts about a backend that the kit needs. The kit opens the stores itself, by URI, as an
 * application does.
 */
public interface StoreFixture {
  /** The row of the kit's table that the backend belongs to. */
  BackendTraits traits();

  /**
   * The URI of a new, empty store. If the backend is persistent, opening the URI again gives the
   * same data. Bounds (of memory, traces or events) must leave room for 100,000 events in one trace
   * and for 100 MB in all.
   *
   * @param directory a new directory, deleted when the store is no longer needed
   */
  String newStoreUri(Path directory);

  /**
   * The URI of a store that is not there yet, if {@link #newStoreUri} already makes one; that URI
   * by default.
   *
   * @param directory a new directory, deleted when the store is no longer needed
   */
  default String missingStoreUri(Path directory) {
    return newStoreUri(directory);
  }

  /** Removes what {@link #newStoreUri} made outside of the directory; nothing by default. */
  default void removeStore(String uri) {}

  /**
   * URIs that cannot be opened, each for another reason and as late as possible: a file that is no
   * store, a server that refuses. The kit opens each of them several times and counts what is left.
   * None by default.
   *
   * @param directory a new directory, deleted afterwards
   */
  default List<String> failingUris(Path directory) throws IOException {
    return List.of();
  }

  /**
   * Whether other processes write to the store during the tests, so that its size is not the tests'
   * alone; false by default.
   */
  default boolean hasOtherWriters() {
    return false;
  }

  /** Texts that must never be shown, such as the password in the URI; none by default. */
  default List<String> secrets() {
    return List.of();
  }

  /** The options with which a JVM that opens such a store must be started; none by default. */
  default List<String> jvmArguments() {
    return List.of();
  }

  /**
   * How many random cases each property gets, and how often a test does the same again: {@code
   * usual}, or fewer, but at least one, for a backend in which stores and writes take long.
   */
  default int tries(int usual) {
    return usual;
  }
}
