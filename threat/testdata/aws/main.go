// Command check reads a rule of AWS WAF or a usage plan of API Gateway from
// stdin, as the command line of AWS takes it, into the types of AWS's SDK. It
// fails on a field that those do not know, on a value that an enumeration does
// not hold, and where a member that AWS requires is missing.
//
// It is a module of its own so that Goshawk does not depend on the SDK.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"reflect"

	gateway "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	waf "github.com/aws/aws-sdk-go-v2/service/wafv2/types"
)

func main() {
	if err := check(os.Stdin); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func check(in io.Reader) error {
	text, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if bytes.Contains(text, []byte(`"VisibilityConfig"`)) {
		var r waf.Rule
		if err := d.Decode(&r); err != nil {
			return err
		}
		return rule(r)
	}
	var p gateway.UsagePlan
	if err := d.Decode(&p); err != nil {
		return err
	}
	if p.Name == nil || p.Throttle == nil && p.Quota == nil {
		return fmt.Errorf("a usage plan without a name, or without a limit")
	}
	return enums(reflect.ValueOf(p))
}

func rule(r waf.Rule) error {
	if r.Name == nil || r.Statement == nil || r.VisibilityConfig == nil || r.VisibilityConfig.MetricName == nil {
		return fmt.Errorf("a rule needs Name, Statement and VisibilityConfig")
	}
	if (r.Action == nil) == (r.OverrideAction == nil) || (r.Statement.ManagedRuleGroupStatement != nil) != (r.OverrideAction != nil) {
		return fmt.Errorf("a rule group needs OverrideAction, any other rule Action")
	}
	if s := r.Statement.RateBasedStatement; s != nil {
		if s.AggregateKeyType == "" || s.Limit == nil || *s.Limit < 10 {
			return fmt.Errorf("a rate needs AggregateKeyType and a Limit of 10 at least")
		}
		switch s.EvaluationWindowSec {
		case 0, 60, 120, 300, 600:
		default:
			return fmt.Errorf("a window of %d seconds", s.EvaluationWindowSec)
		}
		if (s.AggregateKeyType == waf.RateBasedStatementAggregateKeyTypeCustomKeys) != (len(s.CustomKeys) > 0) {
			return fmt.Errorf("CustomKeys go with CUSTOM_KEYS")
		}
	}
	return enums(reflect.ValueOf(r))
}

// enums holds every value of a type that lists its values to that list.
func enums(v reflect.Value) error {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return enums(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanInterface() {
				if err := enums(f); err != nil {
					return err
				}
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if err := enums(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.String:
		values := v.MethodByName("Values")
		if v.String() == "" || !values.IsValid() {
			return nil
		}
		all := values.Call(nil)[0]
		for i := range all.Len() {
			if all.Index(i).String() == v.String() {
				return nil
			}
		}
		return fmt.Errorf("%s is none of %v", v, all)
	}
	return nil
}
