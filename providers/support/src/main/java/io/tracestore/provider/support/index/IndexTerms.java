package io.tracestore.provider.support.index;

import io.tracestore.model.ExecutionStatus;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceEvent;
import io.tracestore.model.TraceMetadata;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The terms by which a trace can be found, each a {@link Field} and a value: those of a header or
 * of events, or those that a match of a query has. One value has one term in one field, so an index
 * needs no second look.
 */
@FunctionalInterface
public interface IndexTerms {
  /** No terms. */
  IndexTerms NONE = to -> {};

  /** The value of {@link Field#TAG}. */
  record Tag(String key, String value) {}

  /** Gives each term to {@code to}; the same term may come twice. */
  void forEach(BiConsumer<Field, Object> to);

  /** These terms and {@code more}. */
  default IndexTerms and(IndexTerms more) {
    return to -> {
      forEach(to);
      more.forEach(to);
    };
  }

  /** The same terms, read now: what is wrong with their source shows here. */
  default IndexTerms evaluated() {
    record Term(Field field, Object value) {}
    List<Term> terms = new ArrayList<>();
    forEach((field, value) -> terms.add(new Term(field, value)));
    return to -> terms.forEach(term -> to.accept(term.field, term.value));
  }

  /** The terms of a trace without those of its events. */
  static IndexTerms ofHeader(FlowTrace header) {
    return to -> {
      to.accept(Field.FLOW, header.flowId());
      to.accept(Field.EXECUTION, header.executionId());
      to.accept(Field.STATUS, header.status().kind());
      if (header.status() instanceof ExecutionStatus.Failed failed) {
        to.accept(Field.FAILURE, failed.error());
      }
      TraceMetadata metadata = header.metadata();
      to.accept(Field.ENVIRONMENT, metadata.environment());
      acceptIfSet(Field.USER, metadata.userId(), to);
      acceptIfSet(Field.SESSION, metadata.sessionId(), to);
      metadata.tags().forEach((key, value) -> to.accept(Field.TAG, new Tag(key, value)));
    };
  }

  /** The distinct actors and types of {@code events}, found now. */
  static IndexTerms ofEvents(List<TraceEvent> events) {
    Distinct actors = new Distinct();
    Distinct types = new Distinct();
    for (TraceEvent event : events) {
      actors.add(event.actorId());
      types.add(event.eventType().typeName());
    }
    return to -> {
      actors.forEach(actor -> to.accept(Field.ACTOR, actor));
      types.forEach(type -> to.accept(Field.EVENT_TYPE, type));
    };
  }

  /**
   * The terms that a trace must all have to match {@code query}. Filters on durations, on parts of
   * an actor's name, and those that need the data of events, have none.
   */
  static IndexTerms ofQuery(TraceQuery query) {
    return to -> {
      acceptIfSet(Field.FLOW, query.flowId(), to);
      acceptIfSet(Field.EXECUTION, query.executionId(), to);
      if (query.failedWith() == null) { // which implies the status
        acceptIfSet(Field.STATUS, query.status(), to);
      }
      acceptIfSet(Field.FAILURE, query.failedWith(), to);
      acceptIfSet(Field.ENVIRONMENT, query.environment(), to);
      acceptIfSet(Field.USER, query.userId(), to);
      acceptIfSet(Field.SESSION, query.sessionId(), to);
      query.tags().forEach((key, value) -> to.accept(Field.TAG, new Tag(key, value)));
      acceptIfSet(Field.ACTOR, query.actor(), to);
      acceptIfSet(Field.EVENT_TYPE, query.eventType(), to);
    };
  }

  private static void acceptIfSet(
      Field field, @Nullable Object value, BiConsumer<Field, Object> to) {
    if (value != null) {
      to.accept(field, value);
    }
  }
}
