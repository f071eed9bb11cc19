package io.tracestore.server.spans;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tracestore.migration.pieces.TracePieces;
import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.Span;
import io.tracestore.migration.spans.SpanReader;
import java.util.ArrayList;
import java.util.List;

/** Stores the spans of requests while they are read. Safe for many threads. */
public final class SpanIntake {
  /** The number of spans that are stored together. */
  private static final int BATCH = 2000;

  private final TracePieces pieces;
  private final Counter rejectedSpans;

  /** An intake into {@code pieces}. */
  public SpanIntake(TracePieces pieces, MeterRegistry registry) {
    this.pieces = pieces;
    this.rejectedSpans =
        Counter.builder("tracestore.server.spans.rejected")
            .description("spans that were not valid")
            .register(registry);
  }

  /**
   * The outcome of the spans of a request.
   *
   * @param rejected how many were not stored
   * @param firstReason why the first was not; empty if all were
   * @param isUnreadable whether the body was not of the format at all
   */
  public record Outcome(long rejected, String firstReason, boolean isUnreadable) {}

  /**
   * Stores what {@code reader} finds in {@code body}; why it ended, the body tells.
   *
   * @throws io.tracestore.spi.TraceStoreException if the store fails
   */
  public Outcome store(Origin origin, SpanReader reader, Body body) {
    Request request = new Request(origin, body);
    for (SpanReader.Item item = reader.next(); item != null; item = reader.next()) {
      request.take(item);
    }
    request.storeBatch();
    rejectedSpans.increment((double) request.rejected);
    return new Outcome(request.rejected, request.firstReason, request.isUnreadable);
  }

  private final class Request {
    final Origin origin;
    final Body body;
    final List<Span> batch = new ArrayList<>();
    long rejected;
    String firstReason = "";
    boolean isUnreadable;

    Request(Origin origin, Body body) {
      this.origin = origin;
      this.body = body;
    }

    void take(SpanReader.Item item) {
      switch (item) {
        case SpanReader.Found found -> {
          batch.add(found.span());
          if (batch.size() == BATCH) {
            storeBatch();
            body.release();
          }
        }
        case SpanReader.Refused refused -> {
          reject(refused.rejection().message(), 1);
          isUnreadable |= refused.isUnreadable();
        }
        case SpanReader.PassedOver other -> reject("no traces: " + other.what(), 0);
      }
    }

    void storeBatch() {
      if (!batch.isEmpty()) {
        pieces.add(origin, batch).forEach(this::reject);
        batch.clear();
      }
    }

    void reject(String reason, int spans) {
      if (rejected == 0) {
        firstReason = reason;
      }
      rejected += spans;
    }
  }
}
