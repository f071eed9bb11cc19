package io.tracestore.provider.support.index;

import io.tracestore.model.JsonValue;
import io.tracestore.model.TraceEvent;
import io.tracestore.spi.TraceQuery;
import io.tracestore.spi.config.StoreOption;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The terms by which traces are found for the data of their events: errors, ports and the
 * attributes with chosen keys. A term is a hash, so a trace that has it is a candidate: the store
 * tests it with {@link TraceQuery#matches}.
 *
 * <p>An event with an attribute whose key is not chosen gets a term that stands for the list of
 * chosen keys. A query looks it up for each list without its key, so that an answer is the same
 * whatever was chosen when a trace was written.
 *
 * <p>Immutable and safe for several threads.
 */
public final class DataTerms {
  /** The option that chooses keys, the same for every provider. */
  public static final StoreOption<List<String>> INDEXED_ATTRIBUTES =
      StoreOption.ofList(
          "indexedAttributes",
          "Keys of attributes by which writes make traces fast to find. Queries on other attributes, and on traces written without the key, read candidates and answer the same.");

  /** The terms of a writer that chose no key. */
  public static final DataTerms NONE = new DataTerms(Collections.emptyNavigableSet());

  private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
  private static final long FNV_PRIME = 0x100_0000_01b3L;
  private static final long MIX_1 = 0xff51_afd7_ed55_8ccdL;
  private static final long MIX_2 = 0xc4ce_b9fe_1a85_ec53L;
  private static final int HALF = 33;

  private static final long ERROR = hash('e', "");

  private final NavigableSet<String> keys;
  private final long otherKey;

  /**
   * A filter that terms answer.
   *
   * @param filter its name in reports
   * @param terms those of which a match has at least one
   * @param otherKeys those of which a match has one if the key of an attribute was not chosen when
   *     it was written; empty for other filters
   */
  @SuppressWarnings("ArrayRecordComponent") // looked up, never compared
  public record Lookup(String filter, long[] terms, long[] otherKeys) {
    /** This lookup where only some lists of keys count. */
    public Lookup withOtherKeys(Collection<Long> some) {
      return new Lookup(filter, terms, some.stream().mapToLong(Long::longValue).toArray());
    }

    /** All terms to look up. */
    public long[] all() {
      return LongStream.concat(LongStream.of(terms), LongStream.of(otherKeys)).toArray();
    }
  }

  private DataTerms(NavigableSet<String> keys) {
    this.keys = keys;
    this.otherKey = hash('u', list());
  }

  /** The terms of a writer that chose {@code keys}. */
  public static DataTerms of(Collection<String> keys) {
    return keys.isEmpty() ? NONE : new DataTerms(new TreeSet<>(keys));
  }

  /** The terms of a writer that chose the keys of {@link #list}. */
  public static DataTerms ofList(String list) {
    return of(INDEXED_ATTRIBUTES.parse(list));
  }

  /** The chosen keys as one text, the same whatever order they were given in. */
  public String list() {
    return String.join(",", keys);
  }

  /** The distinct terms of {@code events}, in ascending order. */
  public long[] of(Iterable<TraceEvent> events) {
    SortedSet<Long> terms = new TreeSet<>();
    Distinct ports = new Distinct();
    boolean hasError = false;
    boolean hasOtherKey = false;
    for (TraceEvent event : events) {
      String port = event.data().port();
      if (port != null && !ports.add(port)) {
        terms.add(ofPort(port));
      }
      hasError |= event.data().error() != null;
      Map<String, JsonValue> attributes = event.data().customAttributes();
      terms.addAll(attributesOf(event));
      hasOtherKey = hasOtherKey || !keys.containsAll(attributes.keySet());
    }
    if (hasError) {
      terms.add(ERROR);
    }
    if (hasOtherKey) {
      terms.add(otherKey);
    }
    return terms.stream().mapToLong(Long::longValue).toArray();
  }

  private static void addAttribute(String key, JsonValue value, Collection<Long> terms) {
    terms.add(ofKey(key));
    Long term = ofValue(key, value);
    if (term != null) {
      terms.add(term);
    }
  }

  /** The distinct terms of the chosen attributes of an event. */
  public Collection<Long> attributesOf(TraceEvent event) {
    if (keys.isEmpty() || event.data().customAttributes().isEmpty()) {
      return List.of();
    }
    SortedSet<Long> terms = new TreeSet<>();
    for (String key : keys) {
      JsonValue value = event.data().customAttributes().get(key);
      if (value != null) {
        addAttribute(key, value, terms);
      }
    }
    return terms;
  }

  /**
   * The filters of {@code query} that chosen keys answer where every trace was written with them.
   */
  public List<Lookup> attributesOf(TraceQuery query) {
    if (keys.isEmpty()) {
      return List.of();
    }
    return attributes(query)
        .filter(lookup -> keys.contains(lookup.key))
        .map(Wanted::whole)
        .toList();
  }

  /**
   * The filters of {@code query} that terms answer.
   *
   * @param lists every list of keys with which a trace may have been written
   */
  public static List<Lookup> of(TraceQuery query, Collection<DataTerms> lists) {
    List<Lookup> lookups = new ArrayList<>();
    attributes(query)
        .filter(wanted -> lists.stream().anyMatch(list -> list.keys.contains(wanted.key)))
        .map(wanted -> wanted.in(lists))
        .forEach(lookups::add);
    if (query.hasError() || query.errorContaining() != null) {
      lookups.add(new Lookup("error", new long[] {ERROR}, new long[0]));
    }
    if (query.port() != null) {
      lookups.add(new Lookup("port", new long[] {ofPort(query.port())}, new long[0]));
    }
    return lookups;
  }

  private record Wanted(String key, long term) {
    Lookup whole() {
      return new Lookup("attribute " + key, new long[] {term}, new long[0]);
    }

    Lookup in(Collection<DataTerms> lists) {
      return new Lookup(
          "attribute " + key,
          new long[] {term},
          lists.stream()
              .filter(list -> !list.keys.contains(key))
              .mapToLong(list -> list.otherKey)
              .toArray());
    }
  }

  private static Stream<Wanted> attributes(TraceQuery query) {
    Stream<Wanted> values =
        query.attributes().entrySet().stream()
            .map(wanted -> new Wanted(wanted.getKey(), ofWanted(wanted)));
    return Stream.concat(
        values, query.attributeKeys().stream().map(key -> new Wanted(key, ofKey(key))));
  }

  private static long ofWanted(Map.Entry<String, JsonValue> wanted) {
    Long term = ofValue(wanted.getKey(), wanted.getValue());
    return term != null ? term : ofKey(wanted.getKey());
  }

  private static long ofPort(String port) {
    return hash('p', port);
  }

  private static long ofKey(String key) {
    return hash('k', key);
  }

  /** Equal for values that a query calls equal; null for one that no query asks for. */
  private static @Nullable Long ofValue(String key, JsonValue value) {
    String text =
        switch (value) {
          case JsonValue.JsonString string -> "s" + string.value();
          case JsonValue.JsonBoolean bool -> "b" + bool.value();
          case JsonValue.JsonNumber number -> "n" + canonical(number.toBigDecimal());
          default -> null;
        };
    return text == null ? null : (Long) hash('v', key.length() + ":" + key + text);
  }

  private static String canonical(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    return stripped.unscaledValue() + "e" + stripped.scale();
  }

  /** FNV-1a over the characters, with the last steps of MurmurHash3. */
  private static long hash(char kind, String text) {
    long hash = (FNV_OFFSET ^ kind) * FNV_PRIME;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * FNV_PRIME;
    }
    hash = (hash ^ (hash >>> HALF)) * MIX_1;
    hash = (hash ^ (hash >>> HALF)) * MIX_2;
    return hash ^ (hash >>> HALF);
  }
}
