package io.tracestore.migration.otlp;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import io.opentelemetry.proto.common.v1.InstrumentationScope;
import io.opentelemetry.proto.resource.v1.Resource;
import io.opentelemetry.proto.trace.v1.ResourceSpans;
import io.opentelemetry.proto.trace.v1.ScopeSpans;
import io.opentelemetry.proto.trace.v1.Span;
import io.opentelemetry.proto.trace.v1.TracesData;
import io.tracestore.migration.Rejection;
import io.tracestore.migration.spans.SpanReader;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads OTLP's protobuf: one {@code TracesData} or {@code ExportTraceServiceRequest}, which have
 * the same bytes, or many, each after its length in four bytes, as the OpenTelemetry Collector
 * writes them to files. Holds one span, one resource and one scope at a time.
 *
 * @see <a
 *     href="https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto">trace.proto</a>
 */
final class OtlpProtobufReader implements SpanReader {
  private static final int FRAME_BYTES = 4;

  private final String source;
  private final long maxBytes;
  private final CodedInputStream in;
  private final OtlpSpans spans = new OtlpSpans();
  private final boolean isFramed;

  /** The number of bytes read before the stream's own count was last reset. */
  private long before;

  private Place place = Place.TOP;
  private int outerLimit;
  private int requestLimit;
  private int resourceLimit;
  private boolean resourceHadSpans;
  private boolean scopeHadSpans;
  private boolean ended;

  /** The message in which the reader is. */
  private enum Place {
    TOP,
    REQUEST,
    RESOURCE,
    SCOPE
  }

  /**
   * @param isFramed whether each message follows its length
   */
  OtlpProtobufReader(InputStream in, String source, long maxBytes, boolean isFramed) {
    this.source = source;
    this.maxBytes = maxBytes;
    this.isFramed = isFramed;
    this.in = CodedInputStream.newInstance(in);
    this.in.setSizeLimit(Integer.MAX_VALUE);
  }

  @Override
  public @Nullable Item next() {
    while (!ended) {
      long at = position();
      try {
        Item item = step(at);
        if (item != null) {
          return item;
        }
      } catch (InvalidProtocolBufferException e) {
        ended = true;
        return unreadable("not valid OTLP protobuf: " + reason(e));
      } catch (IOException e) {
        ended = true;
        return unreadable("cannot be read: " + e.getMessage());
      }
    }
    return null;
  }

  private static String reason(InvalidProtocolBufferException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("truncated") || message.contains("ended unexpectedly")
        ? "it ends in the middle of a message (truncated?)"
        : message;
  }

  private long position() {
    return before + in.getTotalBytesRead();
  }

  private @Nullable Item step(long at) throws IOException {
    return switch (place) {
      case TOP -> top();
      case REQUEST -> request();
      case RESOURCE -> resource(at);
      case SCOPE -> scope(at);
    };
  }

  private @Nullable Item top() throws IOException {
    before += in.getTotalBytesRead();
    in.resetSizeCounter();
    if (in.isAtEnd()) {
      ended = true;
      return null;
    }
    if (isFramed) {
      byte[] length = in.readRawBytes(FRAME_BYTES);
      int size = 0;
      for (byte b : length) {
        size = size << Byte.SIZE | (b & 0xff);
      }
      outerLimit = in.pushLimit(size);
    }
    place = Place.REQUEST;
    return null;
  }

  private @Nullable Item request() throws IOException {
    int tag = in.readTag();
    if (tag == 0) {
      if (isFramed) {
        in.popLimit(outerLimit);
        place = Place.TOP;
      } else {
        ended = true;
      }
    } else if (is(tag, TracesData.RESOURCE_SPANS_FIELD_NUMBER)) {
      requestLimit = in.pushLimit(in.readRawVarint32());
      spans.startResource();
      resourceHadSpans = false;
      place = Place.RESOURCE;
    } else {
      in.skipField(tag);
    }
    return null;
  }

  private static boolean is(int tag, int field) {
    return WireFormat.getTagFieldNumber(tag) == field
        && WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private @Nullable Item resource(long at) throws IOException {
    int tag = in.readTag();
    if (tag == 0) {
      in.popLimit(requestLimit);
      place = Place.REQUEST;
    } else if (is(tag, ResourceSpans.RESOURCE_FIELD_NUMBER)) {
      byte[] bytes = readBytes();
      return bytes == null
          ? tooLarge(at, "resource")
          : around(
              at,
              "resource",
              resourceHadSpans,
              () -> spans.resource(ProtobufFields.of(Resource.parseFrom(bytes))));
    } else if (is(tag, ResourceSpans.SCOPE_SPANS_FIELD_NUMBER)) {
      resourceLimit = in.pushLimit(in.readRawVarint32());
      spans.startScope();
      scopeHadSpans = false;
      place = Place.SCOPE;
    } else {
      in.skipField(tag);
    }
    return null;
  }

  private @Nullable Item scope(long at) throws IOException {
    int tag = in.readTag();
    if (tag == 0) {
      in.popLimit(resourceLimit);
      place = Place.RESOURCE;
    } else if (is(tag, ScopeSpans.SCOPE_FIELD_NUMBER)) {
      byte[] bytes = readBytes();
      return bytes == null
          ? tooLarge(at, "scope")
          : around(
              at,
              "scope",
              scopeHadSpans,
              () -> spans.scope(ProtobufFields.of(InstrumentationScope.parseFrom(bytes))));
    } else if (is(tag, ScopeSpans.SPANS_FIELD_NUMBER)) {
      resourceHadSpans = true;
      scopeHadSpans = true;
      return span(at);
    } else {
      in.skipField(tag);
    }
    return null;
  }

  private Item span(long at) throws IOException {
    byte[] bytes = readBytes();
    if (bytes == null) {
      return tooLarge(at, "span");
    }
    try {
      return new Found(spans.span(ProtobufFields.of(Span.parseFrom(bytes))), 0, at);
    } catch (InvalidProtocolBufferException e) {
      return refuse(at, "not a valid span: " + reason(e));
    } catch (IllegalArgumentException e) {
      return refuse(at, String.valueOf(e.getMessage()));
    }
  }

  /** The bytes of a field; null if they are too many, which are passed over then. */
  private byte @Nullable [] readBytes() throws IOException {
    int size = in.readRawVarint32();
    if (size > maxBytes) {
      in.skipRawBytes(size);
      return null;
    }
    return in.readRawBytes(size);
  }

  private interface Setter {
    void set() throws InvalidProtocolBufferException;
  }

  private @Nullable Item around(long at, String name, boolean hadSpans, Setter setter) {
    if (hadSpans) {
      return refuse(
          at, "the %s stands after its spans, which are taken without it".formatted(name));
    }
    try {
      setter.set();
      return null;
    } catch (InvalidProtocolBufferException e) {
      return refuse(at, "not a valid %s: %s".formatted(name, reason(e)));
    } catch (IllegalArgumentException e) {
      return refuse(at, String.valueOf(e.getMessage()));
    }
  }

  private Item tooLarge(long at, String what) {
    return refuse(at, "the %s is too large".formatted(what));
  }

  private Item refuse(long at, String reason) {
    return new Refused(rejection(at, reason));
  }

  private Item unreadable(String reason) {
    return new Refused(rejection(position(), reason), true);
  }

  private Rejection rejection(long at, String reason) {
    return Rejection.of(source, "byte %d: %s".formatted(at, reason));
  }

  @Override
  public void close() {
    ended = true;
  }
}
