package io.tracestore.provider.chronicle;

import io.tracestore.model.TraceId;
import io.tracestore.provider.support.Terms;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An entry of the index's log: the terms that a write gave to a trace, or took from it.
 *
 * @param member the trace's place; {@link Terms#EARLY} has one of its own
 * @param terms true for a term that came, false for one that went
 */
record IndexChange(Member member, Map<String, Boolean> terms) {
  /** What leads from one set of terms to another; null if that is nothing. */
  static @Nullable IndexChange between(
      TraceId id, @Nullable Instant start, Set<String> before, Set<String> after) {
    Map<String, Boolean> terms = LinkedHashMap.newLinkedHashMap(before.size() + after.size());
    for (String term : before) {
      if (!after.contains(term)) {
        terms.put(term, false);
      }
    }
    for (String term : after) {
      if (!before.contains(term)) {
        terms.put(term, true);
      }
    }
    Member member = start == null ? Member.timeless(id) : Member.of(start, id);
    return terms.isEmpty() ? null : new IndexChange(member, terms);
  }

  /** The trace's place in the index of {@code term}. */
  Member memberIn(String term) {
    return term.equals(Terms.EARLY) ? new Member(0, member.high(), member.low()) : member;
  }

  byte[] toBytes() {
    Output out = new Output(64 + 32 * terms.size()).u8(1).member(member).i32(terms.size());
    terms.forEach((term, comes) -> out.u8(comes ? 1 : 0).text(term));
    return out.toBytes();
  }

  static IndexChange read(byte[] bytes) {
    return Input.read(
        "an entry of the index's log",
        bytes,
        in -> {
          in.u8();
          Member member = in.member();
          int count = in.i32();
          Map<String, Boolean> terms = LinkedHashMap.newLinkedHashMap(Math.min(count, 1024));
          for (int i = 0; i < count; i++) {
            boolean comes = in.u8() == 1;
            terms.put(in.text(), comes);
          }
          return new IndexChange(member, terms);
        });
  }
}
