package io.tracestore.provider.chronicle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeSet;

/** The traces that have one term: the postings, and what the log has changed of them since. */
final class TermWalk {
  private final Postings postings;
  private final NavigableMap<Member, Boolean> changes;

  TermWalk(String term, Source source, IndexLog log) {
    this.postings = new Postings(source, term);
    this.changes = log.changesOf(term, source);
  }

  /** The first {@code count} from {@code from} to {@code to}, both included, in order. */
  List<Member> from(Member from, Member to, int count) {
    if (from.compareTo(to) > 0) {
      return List.of();
    }
    TreeSet<Member> found = new TreeSet<>();
    Member at = from;
    List<Member> part = postings.from(at);
    boolean ended = false;
    while (!part.isEmpty() && !ended && found.size() < count) {
      for (Member member : part) {
        ended = member.compareTo(to) > 0 || found.size() >= count;
        if (ended) {
          break;
        }
        if (!Boolean.FALSE.equals(changes.get(member))) {
          found.add(member);
        }
      }
      at = part.getLast().next();
      ended |= at.equals(Member.LAST);
      part = ended ? part : postings.from(at);
    }
    for (Map.Entry<Member, Boolean> change : changes.subMap(from, true, to, true).entrySet()) {
      if (change.getValue()) {
        found.add(change.getKey());
      }
    }
    List<Member> members = new ArrayList<>(Math.min(count, found.size()));
    for (Member member : found) {
      if (members.size() == count) {
        break;
      }
      members.add(member);
    }
    return members;
  }

  /** How many there are from {@code from} to {@code to}, both included. */
  long count(Member from, Member to) {
    if (from.compareTo(to) > 0) {
      return 0;
    }
    long count = postings.count(from, to);
    for (Map.Entry<Member, Boolean> change : changes.subMap(from, true, to, true).entrySet()) {
      boolean there = postings.contains(change.getKey());
      if (change.getValue() && !there) {
        count++;
      } else if (!change.getValue() && there) {
        count--;
      }
    }
    return count;
  }
}
