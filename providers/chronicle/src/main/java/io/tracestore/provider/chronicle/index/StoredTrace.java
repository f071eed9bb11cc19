package io.tracestore.provider.chronicle.index;

import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.chronicle.connect.TraceMap;
import io.tracestore.provider.chronicle.schema.RecordHead;
import io.tracestore.provider.chronicle.schema.TraceRecord;
import io.tracestore.provider.support.index.IndexedTrace;
import io.tracestore.spi.CorruptDataException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of one trace that is on the heap: the heads of its records. Readers take them once and
 * read those records; one that is no longer listed may be gone from the map.
 */
public final class StoredTrace extends IndexedTrace {
  /** Oldest first; never changed, but replaced. Empty once the trace is deleted. */
  private volatile RecordHead[] records;

  public StoredTrace(TraceId id, RecordHead... records) {
    super(id);
    this.records = records;
    for (RecordHead each : records) {
      if (each.hasHeader()) {
        startAt(each.start());
      }
    }
  }

  public RecordHead[] records() {
    return records;
  }

  public boolean hasHeader() {
    return Arrays.stream(records).anyMatch(RecordHead::hasHeader);
  }

  /** Shows other records to readers from now on; none if the trace is deleted. */
  public void publish(RecordHead... next) {
    records = next;
  }

  /** Sets the start; for the writer, before the trace is indexed. */
  public void begin(FlowTrace header) {
    startWith(header);
  }

  /**
   * Reads all records.
   *
   * @return null if the trace is deleted
   */
  @SuppressWarnings("ReferenceEquality") // whether another array was published
  public @Nullable Loaded load(TraceMap map) {
    RecordHead[] read = records;
    while (read.length > 0) {
      try {
        return loadSome(map, read);
      } catch (CorruptDataException e) {
        if (records == read) {
          throw e;
        }
        read = records; // another thread put records together, and removed what this one wanted
      }
    }
    return null;
  }

  /** Reads some records, which the caller knows to be there. */
  public Loaded loadSome(TraceMap map, RecordHead... some) {
    List<TraceRecord> loaded = new ArrayList<>(some.length);
    for (RecordHead each : some) {
      byte[] bytes = map.get(id(), each);
      if (bytes == null) {
        throw new CorruptDataException(
            "damaged trace %s: a part of it is missing".formatted(id()), null);
      }
      loaded.add(TraceRecord.read(each.number(), bytes));
    }
    return new Loaded(loaded);
  }
}
