package io.tracestore.bench.codec;

import io.tracestore.codec.ReflowJson;
import io.tracestore.codec.TraceBinary;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import java.nio.charset.StandardCharsets;
import tools.jackson.dataformat.cbor.CBORFactory;
import tools.jackson.dataformat.smile.SmileFactory;
import tools.jackson.dataformat.smile.SmileWriteFeature;

/** The forms that were compared. */
public enum Form {
  /** {@link TraceBinary}, as it ships: bodies this small plain, whole traces with zstd. */
  OWN {
    @Override
    byte[] encodeBody(TraceEvent event) {
      return TraceBinary.encodeEventBody(event);
    }

    @Override
    TraceEvent decodeBody(byte[] bytes, TraceEvent of) {
      return TraceBinary.decodeEventBody(bytes, of.eventId(), of.timestamp(), of.actorId());
    }

    @Override
    byte[] encode(FlowTrace trace) {
      return TraceBinary.encode(trace);
    }

    @Override
    FlowTrace decode(byte[] bytes) {
      return TraceBinary.decode(bytes);
    }
  },
  /** Reflow's JSON. Its events have no form without id, time and actor. */
  JSON {
    @Override
    byte[] encodeBody(TraceEvent event) {
      return ReflowJson.write(event).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    TraceEvent decodeBody(byte[] bytes, TraceEvent of) {
      return ReflowJson.readEvent(new String(bytes, StandardCharsets.UTF_8));
    }

    @Override
    byte[] encode(FlowTrace trace) {
      return ReflowJson.write(trace).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    FlowTrace decode(byte[] bytes) {
      return ReflowJson.readTrace(new String(bytes, StandardCharsets.UTF_8));
    }
  },
  /** CBOR. */
  CBOR {
    private final JacksonForm form = new JacksonForm(CBORFactory.builder().build());

    @Override
    byte[] encodeBody(TraceEvent event) {
      return form.encodeBody(event);
    }

    @Override
    TraceEvent decodeBody(byte[] bytes, TraceEvent of) {
      return form.decodeBody(bytes, of.eventId(), of.timestamp(), of.actorId());
    }

    @Override
    byte[] encode(FlowTrace trace) {
      return form.encode(trace);
    }

    @Override
    FlowTrace decode(byte[] bytes) {
      return form.decode(bytes);
    }
  },
  /** Smile, with names and short values that come again written once. */
  SMILE {
    private final JacksonForm form =
        new JacksonForm(
            SmileFactory.builder()
                .enable(SmileWriteFeature.CHECK_SHARED_STRING_VALUES)
                .disable(SmileWriteFeature.ENCODE_BINARY_AS_7BIT)
                .build());

    @Override
    byte[] encodeBody(TraceEvent event) {
      return form.encodeBody(event);
    }

    @Override
    TraceEvent decodeBody(byte[] bytes, TraceEvent of) {
      return form.decodeBody(bytes, of.eventId(), of.timestamp(), of.actorId());
    }

    @Override
    byte[] encode(FlowTrace trace) {
      return form.encode(trace);
    }

    @Override
    FlowTrace decode(byte[] bytes) {
      return form.decode(bytes);
    }
  };

  abstract byte[] encodeBody(TraceEvent event);

  abstract TraceEvent decodeBody(byte[] bytes, TraceEvent of);

  abstract byte[] encode(FlowTrace trace);

  abstract FlowTrace decode(byte[] bytes);
}
