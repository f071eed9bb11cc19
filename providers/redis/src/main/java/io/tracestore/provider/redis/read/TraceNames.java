package io.tracestore.provider.redis.read;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.Range;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.ValueScanCursor;
import io.tracestore.model.FlowTrace;
import io.tracestore.model.TraceId;
import io.tracestore.provider.redis.connect.RedisLink;
import io.tracestore.provider.redis.schema.Keys;
import io.tracestore.provider.support.index.Field;
import io.tracestore.provider.support.index.IndexTerms;
import io.tracestore.provider.support.index.TermNames;
import io.tracestore.spi.NameKind;
import io.tracestore.spi.TraceQuery;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names of actors, types, flows and environments: those of which a partition has an index. */
final class TraceNames {
  private static final int PART = 1_000;

  private final RedisLink link;
  private final Keys keys;

  TraceNames(RedisLink link, Keys keys) {
    this.link = link;
    this.keys = keys;
  }

  /**
   * The actors of a partition whose names contain {@code part}; some may have no trace any more.
   */
  Set<String> actorsContaining(int partition, String part) {
    Set<String> actors = new LinkedHashSet<>();
    for (String term : terms(partition, Field.ACTOR)) {
      TermNames.textOf(term).filter(actor -> actor.contains(part)).ifPresent(actors::add);
    }
    return actors;
  }

  /**
   * The names of one kind in the traces of a time, at most {@code limit}.
   *
   * @param reader reads the traces that tell names of which only a hash is known
   */
  Set<String> of(NameKind kind, TraceQuery range, int limit, RedisTraceReader reader) {
    Field field = Field.of(kind);
    Range<byte[]> members = RedisQueryPlan.range(range);
    Set<String> names = new HashSet<>();
    for (int partition = 0; partition < keys.partitions() && names.size() < limit; partition++) {
      for (String term : withTraces(partition, terms(partition, field), members)) {
        if (names.size() == limit) {
          break;
        }
        byte[] index = keys.index(partition, term);
        TermNames.textOf(term)
            .or(() -> readName(field, term, index, members, reader))
            .ifPresent(names::add);
      }
    }
    return names;
  }

  private Set<String> terms(int partition, Field field) {
    byte[] key = keys.names(partition);
    Set<String> terms = new LinkedHashSet<>();
    ScanArgs args = ScanArgs.Builder.limit(PART);
    ScanCursor cursor = ScanCursor.INITIAL;
    while (!cursor.isFinished()) {
      ScanCursor from = cursor;
      ValueScanCursor<byte[]> page = link.call(commands -> commands.sscan(key, from, args));
      for (byte[] value : page.getValues()) {
        String term = new String(value, UTF_8);
        if (TermNames.isOf(field, term)) {
          terms.add(term);
        }
      }
      cursor = page;
    }
    return terms;
  }

  /** Those of {@code terms} that a trace has. */
  private List<String> withTraces(int partition, Set<String> terms, Range<byte[]> members) {
    List<String> all = List.copyOf(terms);
    List<String> found = new ArrayList<>();
    for (int from = 0; from < all.size(); from += PART) {
      List<String> some = all.subList(from, Math.min(from + PART, all.size()));
      List<byte[]> indexes = some.stream().map(term -> keys.index(partition, term)).toList();
      long[] traces = RedisQueryPlan.sizes(link, indexes, members);
      for (int i = 0; i < some.size(); i++) {
        if (traces[i] > 0) {
          found.add(some.get(i));
        }
      }
    }
    return found;
  }

  /** The name with this term in one of the traces that have it. */
  private Optional<String> readName(
      Field field, String term, byte[] index, Range<byte[]> members, RedisTraceReader reader) {
    boolean ofEvents = field == Field.ACTOR || field == Field.EVENT_TYPE;
    IndexWalk walk = new IndexWalk(link, List.of(index), members, 1);
    for (List<IndexWalk.Entry> next = walk.next(1); !next.isEmpty(); next = walk.next(1)) {
      TraceId id = Keys.idOf(next.getFirst().member());
      Optional<FlowTrace> trace = ofEvents ? reader.trace(id) : reader.header(id);
      Optional<String> name = trace.flatMap(read -> nameIn(read, field, term));
      if (name.isPresent()) {
        return name;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> nameIn(FlowTrace trace, Field field, String term) {
    List<String> found = new ArrayList<>();
    IndexTerms.ofHeader(trace)
        .and(IndexTerms.ofEvents(trace.events()))
        .forEach((other, value) -> {
          if (other == field && TermNames.of(field, value).equals(term)) {
            found.add((String) value);
          }
        });
    return found.stream().findFirst();
  }
}
