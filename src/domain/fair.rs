//! A bounded fair queue: keys are served in turn, so that a key with many items delays only its own.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// A round-robin queue. Each key has one item served per turn, whatever the number of its items.
#[derive(Debug)]
pub struct FairQueue<K, T> {
    /// The most items of one key.
    each: usize,
    /// The most items in all.
    most: usize,
    count: usize,
    /// The keys that have items, in the order of their turns.
    turns: VecDeque<K>,
    items: HashMap<K, VecDeque<T>>,
}

impl<K: Hash + Eq + Clone, T> FairQueue<K, T> {
    /// An empty queue.
    #[must_use]
    pub fn new(each: usize, most: usize) -> Self {
        let (turns, items) = (VecDeque::new(), HashMap::new());
        Self { each, most, count: 0, turns, items }
    }

    /// Changes how many items one key may have. Items that are queued already stay.
    pub fn set_each(&mut self, each: usize) {
        self.each = each;
    }

    /// Adds an item. If the queue is full, returns the item that is left out: this one, or the last item of the key
    /// with the most items, so that a few keys cannot keep the queue full.
    pub fn push(&mut self, key: K, item: T) -> Option<T> {
        let own = self.count_of(&key);
        if own >= self.each {
            return Some(item);
        }
        let mut displaced = None;
        if self.count >= self.most {
            let longest = self.turns.iter().max_by_key(|key| self.count_of(key));
            // If no key has more items than this one, the new item is left out.
            let Some(longest) = longest.filter(|key| self.count_of(key) > own + 1) else {
                return Some(item);
            };
            displaced = self.items.get_mut(longest).and_then(VecDeque::pop_back);
            self.count -= 1;
        }
        if own == 0 {
            self.turns.push_back(key.clone());
        }
        self.items.entry(key).or_default().push_back(item);
        self.count += 1;
        displaced
    }

    /// The next item: the oldest one of the key whose turn it is.
    pub fn pop(&mut self) -> Option<T> {
        self.pop_where(|_, _| true).map(|(_, item)| item)
    }

    /// The next item whose turn it is and for which `may_go` is true. A key whose oldest item may not go keeps its
    /// turn.
    pub fn pop_where(&mut self, may_go: impl Fn(&K, &T) -> bool) -> Option<(K, T)> {
        let oldest_may_go = |key: &K| {
            self.items.get(key).and_then(VecDeque::front).is_some_and(|item| may_go(key, item))
        };
        let turn = self.turns.iter().position(oldest_may_go)?;
        let key = self.turns.remove(turn)?;
        let items = self.items.get_mut(&key)?;
        let item = items.pop_front()?;
        self.count -= 1;
        if items.is_empty() {
            self.items.remove(&key);
        } else {
            self.turns.push_back(key.clone());
        }
        Some((key, item))
    }

    /// The number of items of one key.
    #[must_use]
    pub fn count_of(&self, key: &K) -> usize {
        self.items.get(key).map_or(0, VecDeque::len)
    }

    /// The number of items of all keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are no items.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_with_many_items_delays_only_its_own() {
        let mut queue = FairQueue::new(4, 64);
        for item in ["a1", "a2", "a3", "a4"] {
            assert_eq!(queue.push("a", item), None);
        }
        assert_eq!(queue.push("a", "a5"), Some("a5"), "more than its share");
        assert_eq!(queue.push("b", "b1"), None);
        assert_eq!(queue.push("b", "b2"), None);
        let served: Vec<&str> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(served, ["a1", "b1", "a2", "b2", "a3", "a4"]);
    }

    #[test]
    fn a_key_that_may_not_go_keeps_its_turn() {
        let mut queue = FairQueue::new(4, 64);
        queue.push("a", 9);
        queue.push("b", 1);
        queue.push("b", 2);
        assert_eq!(queue.pop_where(|_, item| *item < 5), Some(("b", 1)));
        assert_eq!(queue.pop_where(|_, item| *item > 9), None);
        assert_eq!(queue.pop(), Some(9));
        assert_eq!(queue.pop(), Some(2));
    }

    #[test]
    fn a_full_queue_makes_room_for_a_newcomer_at_the_cost_of_the_largest() {
        let mut queue = FairQueue::new(4, 6);
        for item in 0..4 {
            queue.push("a", item);
        }
        queue.push("b", 10);
        queue.push("b", 11);
        assert_eq!(queue.push("c", 20), Some(3), "the last of the largest");
        assert_eq!(queue.push("b", 12), Some(12), "it would be the largest itself");
        assert_eq!(queue.push("d", 30), Some(2));
        assert_eq!(
            queue.push("e", 40),
            Some(11),
            "of two that are equal, the one with a later turn"
        );
        assert_eq!(queue.push("f", 50), Some(1));
        assert_eq!(queue.push("g", 60), Some(60), "everybody has one");
        let served: Vec<i32> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(served, [0, 10, 20, 30, 40, 50]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_the_bounds_hold(steps in prop::collection::vec((0_u8..5, 0_u8..3), 0..200)) {
            let mut queue = FairQueue::new(3, 7);
            let (mut pushed, mut gone) = (0_usize, 0_usize);
            for (key, what) in steps {
                if what == 0 {
                    gone += usize::from(queue.pop().is_some());
                } else {
                    pushed += 1;
                    gone += usize::from(queue.push(key, pushed).is_some());
                }
                let lengths: Vec<usize> = queue.items.values().map(VecDeque::len).collect();
                prop_assert!(lengths.iter().all(|length| (1..=3).contains(length)));
                prop_assert_eq!(lengths.iter().sum::<usize>(), queue.len());
                prop_assert!(queue.len() <= 7);
                prop_assert_eq!(lengths.len(), queue.turns.len());
                prop_assert_eq!(pushed, gone + queue.len());
            }
        }
    }
}
