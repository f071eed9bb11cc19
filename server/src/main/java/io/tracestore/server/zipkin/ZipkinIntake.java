package io.tracestore.server.zipkin;

import io.tracestore.migration.spans.Origin;
import io.tracestore.migration.spans.SpanReader;
import io.tracestore.migration.zipkin.ZipkinReader;
import io.tracestore.server.http.Answer;
import io.tracestore.server.http.Call;
import io.tracestore.server.http.Endpoint;
import io.tracestore.server.http.MemoryBudget;
import io.tracestore.server.spans.Body;
import io.tracestore.server.spans.SpanIntake;
import io.tracestore.server.spans.SpanIntake.Outcome;
import io.tracestore.spi.StoreCapacityException;
import io.tracestore.spi.TraceStoreException;
import java.io.IOException;
import java.util.List;
import zipkin2.Span;
import zipkin2.codec.SpanBytesDecoder;
import zipkin2.storage.StorageComponent;

/**
 * Takes spans as Zipkin's reporters send them, in JSON or protobuf. A request is answered when its
 * spans are stored; valid spans beside others that are not are stored too.
 *
 * @see <a href="https://zipkin.io/zipkin-api/#/default/post_spans">Zipkin API v2</a>
 */
public final class ZipkinIntake implements Endpoint {
  private static final int ACCEPTED = 202;
  private static final int BAD_REQUEST = 400;
  private static final int TIMEOUT = 408;
  private static final int TOO_LARGE = 413;
  private static final int UNSUPPORTED = 415;
  private static final int TOO_MANY = 429;
  private static final int INTERNAL_ERROR = 500;
  private static final int UNAVAILABLE = 503;
  private static final String RETRY_AFTER = "Retry-After";

  private final SpanIntake intake;
  private final StorageComponent storage;
  private final MemoryBudget budget;
  private final long maxSpanBytes;

  /**
   * @param maxSpanBytes a larger span is refused; a body may have four times as many
   */
  public ZipkinIntake(
      SpanIntake intake, StorageComponent storage, MemoryBudget budget, long maxSpanBytes) {
    this.intake = intake;
    this.storage = storage;
    this.budget = budget;
    this.maxSpanBytes = maxSpanBytes;
  }

  @Override
  public Answer answer(Call call) throws IOException {
    String type = call.mediaType();
    boolean isProtobuf = type.equals("application/x-protobuf");
    if (!isProtobuf && !type.isEmpty() && !type.equals("application/json")) {
      return Answer.plain(
          UNSUPPORTED, "Content-Type must be application/json or application/x-protobuf");
    }
    try (Body body = Body.of(call, budget, 4 * maxSpanBytes)) {
      if (body == null) {
        return Answer.plain(UNSUPPORTED, "Content-Encoding must be gzip, deflate or zstd");
      }
      return isProtobuf ? storeProtobuf(body) : storeJson(body);
    } catch (TraceStoreException e) {
      return failed(e);
    }
  }

  private Answer storeJson(Body body) {
    Outcome outcome;
    try (SpanReader reader = new ZipkinReader(body, "request", maxSpanBytes)) {
      outcome = intake.store(Origin.ZIPKIN, reader, body);
    }
    Body.End end = body.end();
    if (end != null) {
      return cutOff(end);
    }
    return outcome.rejected() > 0 || outcome.isUnreadable()
        ? Answer.plain(BAD_REQUEST, outcome.firstReason())
        : stored();
  }

  private Answer storeProtobuf(Body body) throws IOException {
    try {
      byte[] bytes = body.readAllBytes();
      List<Span> spans = SpanBytesDecoder.PROTO3.decodeList(bytes);
      storage.spanConsumer().accept(spans).execute();
      return stored();
    } catch (IllegalArgumentException e) {
      return Answer.plain(BAD_REQUEST, "" + e.getMessage());
    } catch (IOException e) {
      Body.End end = body.end();
      if (end == null) {
        throw e;
      }
      return cutOff(end);
    }
  }

  private static Answer stored() {
    return Answer.text(ACCEPTED, "text/plain", "");
  }

  private static Answer cutOff(Body.End end) {
    return switch (end) {
      case TOO_LARGE -> Answer.plain(TOO_LARGE, "the body is too large");
      case TOO_SLOW -> Answer.plain(TIMEOUT, "the body takes too long");
      case NO_ROOM ->
          Answer.plain(TOO_MANY, "the server is busy; send it again").with(RETRY_AFTER, "1");
    };
  }

  private static Answer failed(TraceStoreException e) {
    String reason = "" + e.getMessage();
    return e.isRetryable() || e instanceof StoreCapacityException
        ? Answer.plain(UNAVAILABLE, reason).with(RETRY_AFTER, "5")
        : Answer.plain(INTERNAL_ERROR, reason);
  }
}
